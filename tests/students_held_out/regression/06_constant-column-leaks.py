"""exercise: design_matrix
belief: Replacing a zero width by 1 is enough to make a constant column 0.
"""

import numpy as np


def design_matrix(train, other, scaling="standard"):
    if scaling == "standard":
        center = np.mean(train, axis=0)
        spread = np.std(train, axis=0)
    elif scaling == "min-max":
        center = np.min(train, axis=0)
        spread = np.max(train, axis=0) - center
    spread[spread < 1e-12] = 1.0
    train_s = (train - center) / spread
    other_s = (other - center) / spread
    train_d = np.c_[np.ones(len(train_s)), train_s]
    other_d = np.c_[np.ones(len(other_s)), other_s]
    return train_d.astype(train.dtype), other_d.astype(train.dtype)
