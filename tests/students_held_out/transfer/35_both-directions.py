"""exercise: same_class_pairs
belief: If i belongs to j, j belongs to i: both pairs are listed.
teacher: Each pair is needed once, the earlier sample first; the loss asks in both directions by itself.
"""

import numpy as np


def same_class_pairs(labels):
    same = labels[:, None] == labels[None, :]
    return np.argwhere(same & ~np.eye(len(labels), dtype=bool))
