"""exercise: byte_pair_encode
belief: Counting pairs is zip(tokens, tokens[1:]): every neighbouring pair counts.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def byte_pair_encode(
    train: NDArray[np.integer], count: int, text: NDArray[np.integer]
) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    def merge(tokens, pair, new):
        result, i = [], 0
        while i < len(tokens):
            if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                result.append(new)
                i += 2
            else:
                result.append(tokens[i])
                i += 1
        return result

    def count_pairs(tokens):
        counts = {}
        for i in range(len(tokens) - 1):
            pair = (tokens[i], tokens[i + 1])
            counts[pair] = counts.get(pair, 0) + 1
        return counts

    corpus = [int(b) for b in train]
    merges = []
    for m in range(count):
        counts = count_pairs(corpus)
        best, most = None, 1
        for pair, number in counts.items():
            if number > most:
                best, most = pair, number
        if best is None:
            break
        merges.append(best)
        corpus = merge(corpus, best, 256 + m)
    tokens = [int(b) for b in text]
    for m, pair in enumerate(merges):
        tokens = merge(tokens, pair, 256 + m)
    return np.array(merges, dtype=int).reshape(-1, 2), np.array(tokens, dtype=int)
