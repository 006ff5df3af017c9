"""exercise: name_the_rule
belief: If psi moves in an unusual way, psi alone tells which way; theta only matters among the first three rules.
"""

import numpy as np


def name_the_rule(path, real, lr, tol=1e-4):
    sg = lambda z: 1 / (1 + np.exp(-z))
    theta, psi = path[:-1].T
    theta_next, psi_next = path[1:].T
    fits = lambda made, seen: bool((np.abs(made - seen) <= tol).all())

    def discriminator(r, f):
        return psi + lr * (sg(-psi * r) * r - sg(psi * f) * f)

    usual = discriminator(real, theta)
    if fits(usual, psi_next):
        for name, p, sign in (("alternating", usual, -1), ("simultaneous", psi, -1), ("saturating", usual, 1)):
            if fits(theta + lr * sg(sign * p * theta) * p, theta_next):
                return name
    if fits(discriminator(theta, real), psi_next):
        return "swapped"
    if fits(usual + lr * sg(-usual * theta) * theta, psi_next):
        return "attached"
    if fits(discriminator(real, np.append(theta[0], theta[:-1])), psi_next):
        return "stale"
    return "none"
