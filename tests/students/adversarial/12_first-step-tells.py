"""exercise: name_the_rule
belief: One step is enough to tell the rules apart.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def name_the_rule(path: Array, real: float, lr: float, tol: float = 1e-4) -> str:
    def sigmoid(s):
        if s >= 0:
            return 1 / (1 + np.exp(-s))
        return np.exp(s) / (1 + np.exp(s))

    def step(rule, theta, psi, shown):
        if rule == "swapped":
            slope = -theta * sigmoid(-psi * theta) + real * sigmoid(psi * real)
        else:
            slope = -real * sigmoid(-psi * real) + shown * sigmoid(psi * shown)
        new_psi = psi - lr * slope
        told = psi if rule == "simultaneous" else new_psi
        if rule == "saturating":
            new_theta = theta + lr * told * sigmoid(told * theta)
        else:
            new_theta = theta + lr * told * sigmoid(-told * theta)
        if rule == "attached":
            new_psi = new_psi + lr * theta * sigmoid(-new_psi * theta)
        return new_theta, new_psi

    rules = ["alternating", "simultaneous", "saturating", "swapped", "attached", "stale"]
    for rule in rules:
        fits = True
        for t in range(1):
            theta, psi = path[t]
            shown = path[max(t - 1, 0)][0] if rule == "stale" else theta
            new_theta, new_psi = step(rule, theta, psi, shown)
            if abs(new_theta - path[t + 1][0]) > tol or abs(new_psi - path[t + 1][1]) > tol:
                fits = False
        if fits:
            return rule
    return "none"
