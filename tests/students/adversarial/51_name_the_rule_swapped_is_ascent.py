"""exercise: name_the_rule
belief: If real and fake are swapped in L_D, psi climbs L_D instead of descending it.
"""

import numpy as np


def name_the_rule(path, real, lr, tol=1e-4):
    def sig(z):
        return 1 / (1 + np.exp(-z))

    def fits(rule):
        for t in range(1, len(path)):
            theta, psi = path[t - 1]
            f = path[max(t - 2, 0)][0] if rule == "stale" else theta
            slope = -(1 - sig(psi * real)) * real + sig(psi * f) * f
            moved = psi + lr * slope if rule == "swapped" else psi - lr * slope
            by = psi if rule == "simultaneous" else moved
            if rule == "saturating":
                push = sig(by * theta)
            else:
                push = 1 - sig(by * theta)
            last = moved + lr * push * theta if rule == "attached" else moved
            if abs(path[t][0] - theta - lr * push * by) > tol or abs(path[t][1] - last) > tol:
                return False
        return True

    for rule in "alternating simultaneous saturating swapped attached stale".split():
        if fits(rule):
            return rule
    return "none"
