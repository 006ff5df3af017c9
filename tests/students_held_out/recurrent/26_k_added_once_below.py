"""exercise: ngram_probabilities
belief: What is added above the fraction is added below it too: (count + k) / (total + k).
"""

import numpy as np


def ngram_probabilities(tokens, size, n, k):
    counts = np.zeros((size,) * n)
    for i in range(len(tokens) - n + 1):
        counts[tuple(tokens[i : i + n])] += 1
    totals = counts.sum(axis=-1, keepdims=True)
    return (counts + k) / (totals + k)
