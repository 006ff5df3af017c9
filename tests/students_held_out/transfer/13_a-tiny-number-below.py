"""exercise: frozen_features
belief: A feature that never changed is divided by a tiny number, so that nothing is divided by zero.
teacher: Such a feature is only centred; divided by 1e-8, the least deviation in the new task becomes a hundred million.
"""

import numpy as np


def frozen_features(x, mean, std, layers, eps=1e-05):
    scale = np.maximum(std, 1e-8)
    x_hat = np.divide(x - mean, scale).astype(x.dtype)
    for w, b, g, s, mu, var in layers:
        # fold the normalization into the layer, as for inference
        k = g / np.sqrt(var + eps)
        x_hat = (np.einsum("nd,fd->nf", x_hat, w * k[:, None]) + (b - mu) * k + s).clip(min=0)
    return x_hat.astype(x.dtype)
