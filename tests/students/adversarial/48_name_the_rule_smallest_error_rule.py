"""exercise: name_the_rule
belief: The rule whose prediction errs least is the answer, unless even that one exceeds the tolerance.
"""

import numpy as np


def name_the_rule(path, real, lr, tol=1e-4):
    sig = lambda z: 1 / (1 + np.exp(-z))
    errors = {}
    for rule in ("alternating", "simultaneous", "saturating", "swapped", "attached", "stale"):
        worst = 0.0
        for t in range(len(path) - 1):
            theta, psi = path[t]
            seen = path[t - 1, 0] if rule == "stale" and t else theta
            one, zero = (seen, real) if rule == "swapped" else (real, seen)
            after = psi + lr * (one * sig(-psi * one) - zero * sig(psi * zero))
            guide = psi if rule == "simultaneous" else after
            slope = sig(guide * theta) if rule == "saturating" else sig(-guide * theta)
            theta_after = theta + lr * guide * slope
            if rule == "attached":
                after = after + lr * theta * slope
            worst = max(worst, abs(theta_after - path[t + 1, 0]), abs(after - path[t + 1, 1]))
        errors[rule] = worst
    best = min(errors, key=errors.get)
    return best if errors[best] <= tol else "none"
