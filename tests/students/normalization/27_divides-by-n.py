"""exercise: spatial_batch_norm
belief: The means of the backward formula divide by the batch size N.
"""

import numpy as np


def spatial_batch_norm(x, dy, gamma, beta, eps=1e-5):
    n = x.shape[0]
    g = gamma.reshape(1, -1, 1, 1)
    ax = (0, 2, 3)
    s = np.sqrt(x.var(axis=ax, keepdims=True) + eps)
    xhat = (x - x.mean(axis=ax, keepdims=True)) / s
    dgamma = (dy * xhat).sum(ax, keepdims=True)
    dbeta = dy.sum(ax, keepdims=True)
    dx = g / s * (dy - dbeta / n - xhat * dgamma / n)
    y = g * xhat + beta.reshape(1, -1, 1, 1)
    return y, dx, dgamma.ravel(), dbeta.ravel()
