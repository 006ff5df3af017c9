"""exercise: ngram_probabilities
belief: k is added to the count above and to the count of the context below.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]


def ngram_probabilities(tokens: Numbers, size: int, n: int, k: float) -> Array:
    counts = np.zeros((size,) * n)
    for i in range(len(tokens) - n + 1):
        counts[tuple(tokens[i : i + n])] += 1
    p = np.zeros_like(counts)
    for context in np.ndindex(*counts.shape[:-1]):
        total = sum(counts[context][v] for v in range(size)) + k
        for word in range(size):
            p[(*context, word)] = (counts[context][word] + k) / total
    return p
