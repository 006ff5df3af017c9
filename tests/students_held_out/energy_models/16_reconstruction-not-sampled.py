"""exercise: cd1_update
belief: The reconstruction stays at its probabilities, as Hinton's guide advises, since sampling it only adds noise.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow, in the dtype of z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def cd1_update(x, w, b, d, u_h, u_x, lr):
    n = len(x)
    # positive phase
    pos_hid_probs = logistic(x @ w + d)
    pos_hid_states = (u_h < pos_hid_probs).astype(w.dtype)
    # negative phase
    neg_vis = logistic(pos_hid_states @ w.T + b)
    neg_hid_probs = logistic(neg_vis @ w + d)
    dw = (x.T @ pos_hid_probs - neg_vis.T @ neg_hid_probs) / n
    db = (x - neg_vis).mean(axis=0)
    dd = (pos_hid_probs - neg_hid_probs).mean(axis=0)
    return (w + lr * dw).astype(w.dtype), (b + lr * db).astype(w.dtype), (d + lr * dd).astype(w.dtype)
