"""exercise: same_class_pairs
belief: The pairs are collected class by class.
teacher: They come in the order of i, and of j where i is the same, whatever their class: sort them at the end.
"""

import numpy as np


def same_class_pairs(labels):
    from itertools import combinations

    found = []
    for label in np.unique(labels):
        found += combinations(np.flatnonzero(labels == label).tolist(), 2)
    return np.array(found, dtype=np.int64).reshape(len(found), 2)
