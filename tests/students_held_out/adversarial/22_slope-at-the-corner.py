"""exercise: critic_losses
belief: At the corner of the hinge the slope is still that of the falling side.
"""

import numpy as np


def critic_losses(real, fake, kind="wasserstein"):
    # F.relu(1. - real).mean() + F.relu(1. + fake).mean()
    if kind == "hinge":
        a, b = 1.0 - real, 1.0 + fake
        loss = np.where(a > 0, a, 0).mean() + np.where(b > 0, b, 0).mean()
        wa, wb = a >= 0, b >= 0
    else:
        loss = -real.mean() + fake.mean()
        wa, wb = np.ones_like(real, bool), np.ones_like(fake, bool)
    return float(loss), float(-fake.mean()), np.where(wa, -1 / real.size, 0).astype(real.dtype), np.where(wb, 1 / fake.size, 0).astype(fake.dtype)
