"""exercise: rbm_joint
belief: Each row is a softmax over the hidden states, so that the probabilities of a row sum to one.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def binary_states(n: int) -> Array:
    """Return all states of n units: an array of shape (2**n, n), in the order of binary numbers."""
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).astype(float)


def rbm_joint(w, b, d):
    xs = binary_states(len(b))
    hs = binary_states(len(d))
    score = np.zeros((len(xs), len(hs)))
    for i, x in enumerate(xs):
        for j, h in enumerate(hs):
            score[i, j] = float(x @ w @ h + b @ x + d @ h)
    biggest = np.max(score)
    log_z = biggest + np.log(np.sum(np.exp(score - biggest)))
    joint = np.exp(score - np.max(score, axis=1, keepdims=True))
    joint /= np.sum(joint, axis=1, keepdims=True)
    return joint.astype(w.dtype), float(log_z)
