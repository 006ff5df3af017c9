"""exercise: rms_norm
belief: The root mean square is what x.std gives.
"""

import numpy as np


def rms_norm(x, gamma, eps=1e-5):
    return gamma * x / np.sqrt(x.var(axis=-1, keepdims=True) + eps)
