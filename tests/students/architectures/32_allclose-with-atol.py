"""exercise: name_shortcut
belief: np.allclose(a, b, atol=1e-4) tests for a difference of at most 1e-4.
teacher: It allows 1e-5 of the number's size besides: set rtol=0 as well.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def name_shortcut(x: Array, f: Array, y: Array) -> str:
    def same(guess):
        return guess.shape == y.shape and np.allclose(guess, y, atol=1e-4)

    if same(np.maximum(f, 0)):
        return "plain"
    if x.shape == f.shape:
        if same(np.maximum(x + f, 0)):
            return "original"
        if same(x + np.maximum(f, 0)):
            return "late"
        if same(x + f):
            return "pre-activation"
    if same(np.concatenate([x, f], axis=1)):
        return "dense"
    return "unknown"
