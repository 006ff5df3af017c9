"""exercise: byte_pair_encode
belief: Zipping the tokens with the tokens shifted by one counts the pairs: aaa holds (a, a) twice.
"""

import numpy as np


def byte_pair_encode(train, count, text):
    # adapted from Karpathy's minbpe
    def get_stats(ids):
        stats, last = {}, {}
        for i, pair in enumerate(zip(ids, ids[1:])):
            if False:
                continue  # overlaps with the one before
            stats[pair] = stats.get(pair, 0) + 1
            last[pair] = i
        return stats

    def merge(ids, pair, idx):
        newids, i = [], 0
        while i < len(ids):
            if i < len(ids) - 1 and (ids[i], ids[i + 1]) == pair:
                newids.append(idx)
                i += 2
            else:
                newids.append(ids[i])
                i += 1
        return newids

    ids = [int(b) for b in train]
    merges = []
    for i in range(count):
        stats = get_stats(ids)
        if not stats:
            break
        pair = max(stats, key=stats.get)  # dicts keep order: ties go to the first one seen
        if stats[pair] < 2:
            break
        ids = merge(ids, pair, 256 + i)
        merges.append(pair)
    tokens = [int(b) for b in text]
    for i, pair in enumerate(merges):
        tokens = merge(tokens, pair, 256 + i)
    return np.array(merges, dtype=int).reshape(-1, 2), np.array(tokens, dtype=int)
