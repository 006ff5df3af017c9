"""exercise: cosine_cycle_lr
belief: A cycle has T // M steps.
"""

import numpy as np


def cosine_cycle_lr(total, cycles, lr0=0.1):
    n = total // cycles
    rates, snaps = [], []
    for t in range(1, total + 1):
        rates.append(lr0 / 2 * (np.cos(np.pi * ((t - 1) % n) / n) + 1))
        if t % n == 0 or t == total:
            snaps.append(t)
    return np.array(rates), np.array(snaps)
