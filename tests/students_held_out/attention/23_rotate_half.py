"""exercise: rotary_positions
belief: The partner of feature i is feature i + D/2, as rotate_half in the Llama code of Hugging Face has it.
"""

import math

import numpy as np


def rotary_positions(x, positions, base=10000.0):
    half = x.shape[3] // 2
    out = np.array(x)
    for index, position in enumerate(positions):
        for i in range(half):
            angle = float(position) * base ** (-2.0 * i / x.shape[3])
            c, s = math.cos(angle), math.sin(angle)
            first, second = i, i + half
            a = x[:, :, index, first]
            b = x[:, :, index, second]
            out[:, :, index, first] = a * c - b * s
            out[:, :, index, second] = a * s + b * c
    return out
