"""exercise: localisation_forward
belief: The six numbers must stay between -1 and 1, so a tanh follows the last layer.
"""

import numpy as np


def localisation_forward(image, w1, b1, w2, b2):
    n = image.shape[0]
    u = image.reshape(n, -1)
    h = np.maximum(u @ w1.T + b1, 0)
    out = np.tanh(h @ w2.T + b2)
    return out.reshape(n, 2, 3)
