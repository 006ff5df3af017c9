"""exercise: cosine_cycle_lr
belief: Steps are indices of the array of rates.
"""

import numpy as np


def cosine_cycle_lr(total, cycles, lr0=0.1):
    n = -(-total // cycles)
    k = np.arange(total)
    rates = 0.5 * lr0 * (1 + np.cos(np.pi * (k % n) / n))
    return rates, k[((k + 1) % n == 0) | (k == total - 1)]
