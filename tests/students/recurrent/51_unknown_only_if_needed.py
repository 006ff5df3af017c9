"""exercise: build_vocabulary
belief: If all words of the text fit into the size, nobody is unknown and no "<unk>" is needed.
"""

from collections import Counter

import numpy as np


def build_vocabulary(words, size):
    often = Counter(words)
    ranked = sorted(often, key=lambda word: -often[word])
    if len(ranked) > size:
        ranked = ranked[: size - 1] + ["<unk>"]
    place = {word: i for i, word in enumerate(ranked)}
    numbers = np.array([place.get(word, len(ranked) - 1) for word in words], dtype=int)
    return ranked, numbers
