"""exercise: noise_schedule
belief: In the cosine schedule alpha_bar is the cosine itself; the cut concerns beta only.
"""

import math

import numpy as np


def noise_schedule(steps, kind="linear"):
    def phi(s):
        return math.cos((s / steps + 0.008) / 1.008 * math.pi / 2) ** 2

    beta = []
    for t in range(steps):
        if kind == "cosine":
            value = 1 - phi(t + 1) / phi(t)
        else:
            value = (0.1 + (20 - 0.1) * t / (steps - 1)) / steps
        beta.append(min(value, 0.999))
    alpha_bar = []
    left = 1.0
    for t in range(steps):
        left *= 1 - beta[t]
        alpha_bar.append(phi(t + 1) / phi(0) if kind == "cosine" else left)
    return np.array(beta), np.array(alpha_bar)
