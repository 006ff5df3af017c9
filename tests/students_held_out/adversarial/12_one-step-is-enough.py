"""exercise: name_the_rule
belief: A rule shows itself in a single step, so the last one of the path is compared.
"""

import numpy as np


def name_the_rule(path, real, lr, tol=1e-4):
    def sg(z):
        return 0.5 * (1 + np.tanh(0.5 * z))

    def d_step(psi, a, theta):
        return psi + lr * (a * sg(-psi * a) - theta * sg(psi * theta))

    def g_step(theta, psi):
        return theta + lr * psi * sg(-psi * theta)

    def predict(rule, t):
        theta, psi = path[t]
        old = path[max(t - 1, 0), 0]
        if rule == "swapped":
            new_psi = d_step(psi, theta, real)
        elif rule == "stale":
            new_psi = d_step(psi, real, old)
        else:
            new_psi = d_step(psi, real, theta)
        if rule == "simultaneous":
            return g_step(theta, psi), new_psi
        if rule == "saturating":
            return theta + lr * new_psi * sg(new_psi * theta), new_psi
        if rule == "attached":
            return g_step(theta, new_psi), new_psi + lr * theta * sg(-new_psi * theta)
        return g_step(theta, new_psi), new_psi

    for rule in ("alternating", "simultaneous", "saturating", "swapped", "attached", "stale"):
        steps = [len(path) - 2]
        if all(np.abs(np.array(predict(rule, t)) - path[t + 1]).max() <= tol for t in steps):
            return rule
    return "none"
