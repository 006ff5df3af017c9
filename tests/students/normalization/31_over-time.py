"""exercise: layer_norm_forward
belief: A layer of a sequence is all its positions together.
"""

import numpy as np


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=(1, 2), keepdims=True)
    var = x.var(axis=(1, 2), keepdims=True)
    return gamma * (x - mu) / np.sqrt(var + eps) + beta
