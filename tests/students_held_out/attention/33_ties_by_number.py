"""exercise: byte_pair_encode
belief: Among equally frequent pairs it is the one with the smallest numbers that is taken, so that the result does not depend on chance.
"""

import numpy as np


def byte_pair_encode(train, count, text):
    def replaced(seq, a, b, new):
        out = []
        k = 0
        while k < len(seq):
            if k + 1 < len(seq) and seq[k] == a and seq[k + 1] == b:
                out.append(new)
                k = k + 2
            else:
                out.append(seq[k])
                k = k + 1
        return out

    seq = list(map(int, train))
    result = []
    while len(result) < count:
        best, best_count = None, 1
        candidates = []
        for i in range(len(seq) - 1):
            if (seq[i], seq[i + 1]) not in candidates:
                candidates.append((seq[i], seq[i + 1]))
        candidates.sort()
        for pair in candidates:
            # how often can it be replaced?
            n = len(seq) - len(replaced(seq, pair[0], pair[1], -1))
            if n > best_count:
                best, best_count = pair, n
        if best is None:
            break
        seq = replaced(seq, best[0], best[1], 256 + len(result))
        result.append(best)
    encoded = list(map(int, text))
    for m in range(len(result)):
        encoded = replaced(encoded, result[m][0], result[m][1], 256 + m)
    merges = np.zeros((len(result), 2), dtype=np.int64)
    for m in range(len(result)):
        merges[m] = result[m]
    return merges, np.array(encoded, dtype=np.int64)
