"""exercise: rms_norm
belief: A norm layer removes the mean as well.
"""

import numpy as np


def rms_norm(x, gamma, eps=1e-5):
    x = x - x.mean(-1, keepdims=True)
    return gamma * x / np.sqrt((x * x).mean(-1, keepdims=True) + eps)
