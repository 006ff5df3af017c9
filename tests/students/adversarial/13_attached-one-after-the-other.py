"""exercise: name_the_rule
belief: In attached the expert is moved along L_G after the generator has moved.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def name_the_rule(path: Array, real: float, lr: float, tol: float = 1e-4) -> str:
    def sigmoid(s):
        e = np.exp(-np.abs(s))
        return np.where(s >= 0, 1, e) / (1 + e)

    theta, psi = path[:-1].T
    old = np.concatenate([theta[:1], theta[:-1]])

    def expert(a, f):
        return psi + lr * (a * sigmoid(-psi * a) - f * sigmoid(psi * f))

    def forger(p):
        return theta + lr * p * sigmoid(-p * theta)

    moved, late = expert(real, theta), expert(real, old)
    swapped = expert(theta, real)
    rules = {
        "alternating": (forger(moved), moved),
        "simultaneous": (forger(psi), moved),
        "saturating": (theta + lr * moved * sigmoid(moved * theta), moved),
        "swapped": (forger(swapped), swapped),
        "attached": (forger(moved), moved + lr * forger(moved) * sigmoid(-moved * forger(moved))),
        "stale": (forger(late), late),
    }
    for name, pair in rules.items():
        if np.all(np.abs(np.stack(pair, axis=1) - path[1:]) <= tol):
            return name
    return "none"
