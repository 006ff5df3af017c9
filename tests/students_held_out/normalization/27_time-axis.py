"""exercise: layer_norm_forward
belief: Features run along the middle axis.
"""

import numpy as np


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    m = x.mean(1, keepdims=True)
    v = ((x - m) ** 2).mean(1, keepdims=True)
    return (x - m) / np.sqrt(v + eps) * gamma + beta
