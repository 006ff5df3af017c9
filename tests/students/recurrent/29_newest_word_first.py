"""exercise: ngram_probabilities
belief: The first axis is the word just before the predicted one, the next the one before that.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]


def ngram_probabilities(tokens: Numbers, size: int, n: int, k: float) -> Array:
    grams = np.lib.stride_tricks.sliding_window_view(np.asarray(tokens), n)
    counts = np.zeros((size,) * n)
    np.add.at(counts, (*grams.T[-2::-1], grams.T[-1]), 1)
    counts += k
    return counts / counts.sum(axis=-1, keepdims=True)
