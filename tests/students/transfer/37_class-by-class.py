"""exercise: same_class_pairs
belief: Pairs are listed class by class.
teacher: They are in the order of i, and then of j, whatever the class.
"""

import numpy as np


def same_class_pairs(labels):
    pairs = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        for a in range(len(members)):
            for b in range(a + 1, len(members)):
                pairs.append((members[a], members[b]))
    return np.array(pairs, dtype=int).reshape(-1, 2)
