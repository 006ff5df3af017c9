"""exercise: name_the_rule
belief: In the attached program psi is moved along L_G first, and theta is then told by this psi.
"""

import numpy as np


def name_the_rule(path, real, lr, tol=1e-4):
    def sigma(z):
        return 1 / (1 + np.exp(-z))

    def d_half(psi, r, f):
        return psi - lr * (-(1 - sigma(psi * r)) * r + sigma(psi * f) * f)

    def g_half(theta, psi):
        return theta + lr * (1 - sigma(psi * theta)) * psi

    def predict(rule, t):
        theta, psi = path[t]
        new = d_half(psi, real, theta)
        if rule == "alternating":
            return g_half(theta, new), new
        if rule == "simultaneous":
            return g_half(theta, psi), new
        if rule == "saturating":
            return theta + lr * sigma(new * theta) * new, new
        if rule == "swapped":
            new = d_half(psi, theta, real)
            return g_half(theta, new), new
        if rule == "attached":
            new = new + lr * (1 - sigma(new * theta)) * theta
            return g_half(theta, new), new
        new = d_half(psi, real, path[max(t - 1, 0)][0])
        return g_half(theta, new), new

    for rule in ("alternating", "simultaneous", "saturating", "swapped", "attached", "stale"):
        gaps = [np.max(np.abs(np.array(predict(rule, t)) - path[t + 1])) for t in range(len(path) - 1)]
        if max(gaps) <= tol:
            return rule
    return "none"
