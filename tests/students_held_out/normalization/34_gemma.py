"""exercise: rms_norm
belief: The stored scale is added to one.
"""

import numpy as np


def rms_norm(x, gamma, eps=1e-5):
    y = x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps)
    return y + gamma * y
