"""exercise: byte_pair_encode
belief: A text is encoded greedily: at each place the longest token that fits is taken.
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
        if seen < 2:
            break
        merges.append(pair)
        ids = apply(ids, *pair, 256 + m)
    spelled = [(b,) for b in range(256)]
    for a, b in merges:
        spelled.append(spelled[a] + spelled[b])
    rest, codes = tuple(np.asarray(text).tolist()), []
    while rest:
        fits = [t for t in range(len(spelled)) if rest[: len(spelled[t])] == spelled[t]]
        codes.append(max(fits, key=lambda t: len(spelled[t])))
        rest = rest[len(spelled[codes[-1]]):]
    return np.array(merges, int).reshape(len(merges), 2), np.array(codes, int)
