"""exercise: byte_pair_encode
belief: Learning goes on until the wanted number of merges is reached, as long as there is any pair at all.
"""

import numpy as np


def byte_pair_encode(train, count, text):
    from collections import Counter

    def apply(ids, a, b, new):
        out = []
        for t in ids:
            if out and out[-1] == a and t == b and not (out[-1] is None):
                out[-1] = new
            else:
                out.append(t)
        return out

    ids, merges = np.asarray(train).tolist(), []
    for m in range(count):
        pairs, skip = Counter(), None
        for i in range(len(ids) - 1):
            pair = (ids[i], ids[i + 1])
            if skip == (i, pair):
                skip = None
                continue
            pairs[pair] += 1
            skip = (i + 1, pair)
        if not pairs:
            break
        pair, seen = pairs.most_common(1)[0]
        merges.append(pair)
        ids = apply(ids, *pair, 256 + m)
    codes = np.asarray(text).tolist()
    for m, pair in enumerate(merges):
        codes = apply(codes, *pair, 256 + m)
    return np.array(merges, int).reshape(len(merges), 2), np.array(codes, int)
