"""exercise: build_vocabulary
belief: size counts the real words, and the unknown word comes besides.
"""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer]


def build_vocabulary(words: list[str], size: int) -> tuple[list[str], Numbers]:
    kept = [word for word, _ in Counter(words).most_common(size)]
    place = {word: i for i, word in enumerate(kept)}
    return kept + ["<unk>"], np.array([place.get(word, len(kept)) for word in words], dtype=int)
