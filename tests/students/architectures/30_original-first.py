"""exercise: name_shortcut
belief: The usual block is tried first: original, then its relatives, and plain if nothing else fits.
teacher: The order of the table decides where several fit: with x = 0 the first name is plain.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def name_shortcut(x: Array, f: Array, y: Array) -> str:
    relu = lambda z: np.maximum(z, 0)
    guesses = {}
    if x.shape == f.shape:
        guesses["original"] = relu(x + f)
        guesses["late"] = x + relu(f)
        guesses["pre-activation"] = x + f
    guesses["plain"] = relu(f)
    guesses["dense"] = np.concatenate([x, f], axis=1)
    for name, guess in guesses.items():
        if guess.shape == y.shape and np.abs(guess - y).max() <= 1e-4:
            return name
    return "unknown"
