"""exercise: cosine_cycle_lr
belief: At the end of a cycle the rate is zero.
"""

import numpy as np


def cosine_cycle_lr(total, cycles, lr0=0.1):
    c = -(-total // cycles)
    lr = []
    for t in range(total):
        lr.append(lr0 / 2 * (np.cos(np.pi * (t % c) / max(c - 1, 1)) + 1))
    ends = [t for t in range(1, total + 1) if t % c == 0 or t == total]
    return np.array(lr), np.array(ends)
