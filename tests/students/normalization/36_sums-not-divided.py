"""exercise: layer_norm_backward
belief: The two terms are sums, as dgamma and dbeta are.
"""

import numpy as np


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    s = np.sqrt(x.var(-1, keepdims=True) + eps)
    xhat = (x - x.mean(-1, keepdims=True)) / s
    d = dy * gamma
    dx = (d - d.sum(-1, keepdims=True) - xhat * (d * xhat).sum(-1, keepdims=True)) / s
    return dx, (dy * xhat).sum((0, 1)), dy.sum((0, 1))
