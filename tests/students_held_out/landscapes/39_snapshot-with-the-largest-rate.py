"""exercise: cosine_cycle_lr
belief: A snapshot is taken when a cycle begins.
"""

import numpy as np


def cosine_cycle_lr(total, cycles, lr0=0.1):
    c = -(-total // cycles)
    t = np.arange(total)
    lr = lr0 / 2 * (np.cos(np.pi * (t % c) / c) + 1)
    return lr, np.arange(1, total + 1, c)
