"""exercise: cosine_cycle_lr
belief: t counts from 1, so the cosine of t mod the length.
"""

import numpy as np


def cosine_cycle_lr(total, cycles, lr0=0.1):
    length = int(np.ceil(total / cycles))
    t = np.arange(1, total + 1)
    rates = lr0 / 2 * (np.cos(np.pi * (t % length) / length) + 1)
    ends = [k for k in range(1, total + 1) if k % length == 0 or k == total]
    return rates, np.array(ends)
