"""exercise: same_class_pairs
belief: np.array of a list of pairs has two columns, always.
teacher: Of an empty list it makes an array of shape (0,), and of floats; reshape to (-1, 2) and name the dtype.
"""

import numpy as np


def same_class_pairs(labels):
    pairs = []
    for i in range(len(labels)):
        for j in range(i + 1, len(labels)):
            if labels[i] == labels[j]:
                pairs.append((i, j))
    return np.array(pairs)
