"""exercise: build_vocabulary
belief: Equally frequent words are sorted by the alphabet.
"""

import numpy as np


def build_vocabulary(words, size):
    counts = {}
    for word in words:
        if word in counts:
            counts[word] = counts[word] + 1
        else:
            counts[word] = 1
    ranking = sorted(counts, key=lambda word: (-counts[word], word))
    kept = ranking[: size - 1]
    vocabulary = kept + ["<unk>"]
    numbers = np.zeros(len(words), dtype=int)
    for i in range(len(words)):
        if words[i] in kept:
            numbers[i] = kept.index(words[i])
        else:
            numbers[i] = len(kept)
    return vocabulary, numbers
