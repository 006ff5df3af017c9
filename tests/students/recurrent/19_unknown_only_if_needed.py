"""exercise: build_vocabulary
belief: If all words fit there is no unknown word, so no entry is needed for it.
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer]


def build_vocabulary(words: list[str], size: int) -> tuple[list[str], Numbers]:
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    ranked = sorted(counts, key=lambda word: -counts[word])
    vocabulary = ranked[: size - 1]
    place = {word: number for number, word in enumerate(vocabulary)}
    unknown = len(vocabulary)
    numbers = [place.get(word, unknown) for word in words]
    if unknown in numbers:
        vocabulary = [*vocabulary, "<unk>"]
    return vocabulary, np.array(numbers)
