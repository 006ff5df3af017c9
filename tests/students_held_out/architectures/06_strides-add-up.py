"""exercise: receptive_field
belief: Two strides of 2 make a jump of 4 because strides are added.
teacher: Jumps multiply: behind three layers of stride 2 neighbours are 8 pixels apart, not 6.
"""

import numpy as np


def receptive_field(layers):
    k = np.array([window for window, _ in layers], dtype=int)
    s = np.array([stride for _, stride in layers], dtype=int)
    jumps = np.maximum(np.cumsum(np.where(s > 1, s, 0)), 1)
    before = np.concatenate([[1], jumps[:-1]])[: len(layers)]
    fields = 1 + np.cumsum((k - 1) * before)
    return fields.tolist(), jumps.tolist()
