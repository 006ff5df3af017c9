"""exercise: flatten
belief: reshape follows the memory anyway, so order="A" is the cheapest way to the same row.
"""

import numpy as np


def flatten(x):
    n_images = x.shape[0]
    n_features = int(np.prod(x.shape[1:]))
    return np.reshape(x, (n_images, n_features), order="A")
