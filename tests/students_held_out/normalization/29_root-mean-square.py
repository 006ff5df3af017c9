"""exercise: layer_norm_forward
belief: Dividing by the root mean square is what counts.
"""

import numpy as np


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    r = np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + eps)
    return x / r * gamma + beta
