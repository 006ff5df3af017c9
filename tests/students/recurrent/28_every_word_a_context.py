"""exercise: ngram_probabilities
belief: The count of a context is how often it occurs in the text.
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
        m = n - 1
        seen = sum(tuple(tokens[i : i + m]) == context for i in range(len(tokens) - m + 1))
        total = seen + size * k if n > 1 else len(tokens) + size * k
        for word in range(size):
            p[(*context, word)] = (counts[context][word] + k) / total
    return p
