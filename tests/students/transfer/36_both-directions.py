"""exercise: same_class_pairs
belief: A pair belongs in the list in both directions.
teacher: Each pair once, the earlier sample first.
"""

import numpy as np


def same_class_pairs(labels):
    equal = labels[:, None] == labels[None, :]
    return np.argwhere(equal & ~np.eye(len(labels), dtype=bool))
