"""exercise: cosine_cycle_lr
belief: The cycle has T/M steps, a number with decimals if need be.
"""

import numpy as np


def cosine_cycle_lr(total, cycles, lr0=0.1):
    c = total / cycles
    t = np.arange(1, total + 1)
    lr = lr0 / 2 * (np.cos(np.pi * np.mod(t - 1, c) / c) + 1)
    return lr, np.array([k for k in t if k % c == 0 or k == total])
