"""exercise: name_the_rule
belief: The first two steps tell all rules apart, as "stale" shows itself in the second one.
"""

import numpy as np


def _sig(s):
    return 1 / (1 + np.exp(-s))


def name_the_rule(path, real, lr, tol=1e-4):
    a = real

    def step(name, theta, psi, old):
        shown = old if name == "stale" else theta
        if name == "swapped":
            g = -(1 - _sig(psi * shown)) * shown + _sig(psi * a) * a
        else:
            g = -(1 - _sig(psi * a)) * a + _sig(psi * shown) * shown
        new = psi - lr * g
        told = psi if name == "simultaneous" else new
        pull = _sig(told * theta) if name == "saturating" else 1 - _sig(told * theta)
        if name == "attached":
            new = new + lr * pull * theta
        return theta + lr * pull * told, new

    for name in ("alternating", "simultaneous", "saturating", "swapped", "attached", "stale"):
        good = True
        for t in range(2):
            made = step(name, *path[t], path[max(t - 1, 0), 0])
            good = good and max(abs(path[t + 1] - made)) <= tol
        if good:
            return name
    return "none"
