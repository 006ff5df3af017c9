"""exercise: batch_norm_backward
belief: Gradients of parameters are means over the batch.
"""

import numpy as np


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    n = x.shape[0]
    s = np.sqrt(x.var(0) + eps)
    xhat = (x - x.mean(0)) / s
    dgamma = (dy * xhat).mean(0)
    dbeta = dy.mean(0)
    dx = gamma / s * (dy - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta
