"""exercise: cosine_cycle_lr
belief: A snapshot needs a full cycle: where the rate has come down.
"""

import numpy as np


def cosine_cycle_lr(total, cycles, lr0=0.1):
    n = -(-total // cycles)
    t = np.arange(1, total + 1)
    rates = 0.5 * lr0 * (1 + np.cos(np.pi * ((t - 1) % n) / n))
    return rates, t[t % n == 0]
