"""exercise: rms_norm
belief: Epsilon is added to the root mean square.
"""

import numpy as np


def rms_norm(x, gamma, eps=1e-5):
    rms = np.sqrt((x**2).mean(axis=-1, keepdims=True))
    return gamma * x / (rms + eps)
