"""exercise: hebbian_update
belief: Every moment of the batch contributes its own full Hebbian change, so the outer products are added up.
"""

import numpy as np


def hebbian_update(w, pre, post, lr, rule="hebb"):
    new_w = w.copy()
    for x, y in zip(pre, post):
        new_w += lr * np.outer(y, x)
        if rule == "oja":
            new_w -= lr * (y**2)[:, None] * w
    return new_w.astype(w.dtype)
