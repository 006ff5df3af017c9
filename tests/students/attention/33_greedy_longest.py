"""exercise: byte_pair_encode
belief: To encode, take the longest known token that fits at each place, from left to right.
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
        counts, last = {}, {}
        for i in range(len(tokens) - 1):
            pair = (tokens[i], tokens[i + 1])
            if last.get(pair) == i - 1:
                continue
            counts[pair] = counts.get(pair, 0) + 1
            last[pair] = i
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
    spelled = {b: (b,) for b in range(256)}
    for m, (a, b) in enumerate(merges):
        spelled[256 + m] = spelled[a] + spelled[b]
    longest_first = sorted(spelled, key=lambda token: -len(spelled[token]))
    letters = tuple(int(b) for b in text)
    tokens, i = [], 0
    while i < len(letters):
        for token in longest_first:
            word = spelled[token]
            if letters[i : i + len(word)] == word:
                tokens.append(token)
                i += len(word)
                break
    return np.array(merges, dtype=int).reshape(-1, 2), np.array(tokens, dtype=int)
