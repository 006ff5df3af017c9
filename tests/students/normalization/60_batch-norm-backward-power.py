"""exercise: batch_norm_backward
belief: The derivative of (var + eps) ** -0.5 is -0.5 times (var + eps) ** -0.5.
"""

import numpy as np


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    N = x.shape[0]
    mu = x.mean(axis=0)
    xmu = x - mu
    var = (xmu**2).mean(axis=0)
    ivar = 1.0 / np.sqrt(var + eps)
    xhat = xmu * ivar

    dbeta = dy.sum(axis=0)
    dgamma = (dy * xhat).sum(axis=0)

    # step by step through the graph
    dxhat = dy * gamma
    dvar = -0.5 * ivar * (dxhat * xmu).sum(axis=0)
    dmu = -(dxhat * ivar).sum(axis=0) - 2 * dvar * xmu.mean(axis=0)
    dx = dxhat * ivar + dvar * 2 * xmu / N + dmu / N
    return dx, dgamma, dbeta
