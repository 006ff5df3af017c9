"""exercise: cosine_cycle_lr
belief: A cycle is a full period of the cosine.
"""

import numpy as np


def cosine_cycle_lr(total, cycles, lr0=0.1):
    c = -(-total // cycles)
    t = np.arange(total)
    lr = lr0 / 2 * (np.cos(2 * np.pi * (t % c) / c) + 1)
    return lr, np.array([k for k in range(1, total + 1) if k % c == 0 or k == total])
