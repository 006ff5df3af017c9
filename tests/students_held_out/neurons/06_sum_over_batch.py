"""exercise: hebbian_update
belief: Every moment of the batch contributes its own full Hebbian change, so the outer products are added up.
"""

import numpy as np


def hebbian_update(w, pre, post, lr):
    new_w = w.copy()
    for x, y in zip(pre, post):
        new_w += lr * np.outer(y, x)
    return new_w.astype(w.dtype)
