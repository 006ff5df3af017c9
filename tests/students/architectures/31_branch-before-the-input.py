"""exercise: name_shortcut
belief: In a dense block the new maps come first and the old ones behind them.
teacher: y = [x, f]: what came in first, then the branch.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def name_shortcut(x: Array, f: Array, y: Array) -> str:
    def same(guess):
        return guess.shape == y.shape and bool(np.all(np.abs(guess - y) <= 1e-4))

    if same(np.maximum(f, 0)):
        return "plain"
    if x.shape == f.shape:
        if same(np.maximum(x + f, 0)):
            return "original"
        if same(x + np.maximum(f, 0)):
            return "late"
        if same(x + f):
            return "pre-activation"
    if same(np.concatenate([f, x], axis=1)):
        return "dense"
    return "unknown"
