"""exercise: ngram_probabilities
belief: The denominator counts how often the context occurs in the text.
"""

import numpy as np


def ngram_probabilities(tokens, size, n, k):
    from collections import Counter

    text = [int(t) for t in tokens]
    grams = Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))
    contexts = Counter(tuple(text[i : i + n - 1]) for i in range(len(text) - n + 2))
    p = np.zeros((size,) * n)
    for index in np.ndindex(*p.shape):
        p[index] = (grams[index] + k) / (contexts[index[:-1]] + k * size)
    return p
