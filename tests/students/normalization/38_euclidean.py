"""exercise: rms_norm
belief: The root of the sum of squares.
"""

import numpy as np


def rms_norm(x, gamma, eps=1e-5):
    return gamma * x / np.sqrt((x * x).sum(-1, keepdims=True) + eps)
