"""exercise: name_the_rule
belief: A rule is tested by running it from the first row and comparing the whole path.
"""

import numpy as np


def name_the_rule(path, real, lr, tol=1e-4):
    sig = lambda s: 0.5 * (1 + np.tanh(0.5 * s))
    rules = ("alternating", "simultaneous", "saturating", "swapped", "attached", "stale")
    for rule in rules:
        theta, psi = float(path[0, 0]), float(path[0, 1])
        old, good = theta, True
        for row in path[1:]:
            shown = old if rule == "stale" else theta
            grad = -real * sig(-psi * real) + shown * sig(psi * shown)
            if rule == "swapped":
                grad = real * sig(psi * real) - shown * sig(-psi * shown)
            new = psi - lr * grad
            told = psi if rule == "simultaneous" else new
            if rule == "saturating":
                slope = -told * sig(told * theta)
            else:
                slope = -told * sig(-told * theta)
            if rule == "attached":
                new = told + lr * theta * sig(-told * theta)
            old, theta, psi = theta, theta - lr * slope, new
            if max(abs(theta - row[0]), abs(psi - row[1])) > tol:
                good = False
                break
        if good:
            return rule
    return "none"
