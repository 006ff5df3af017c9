"""exercise: softmax
belief: All the probabilities sum to one.
"""

import numpy as np


def softmax(z, axis=-1, temperature=1.0, log=False):
    e = np.exp((z - np.max(z)) / temperature)
    p = e / np.sum(e)
    return np.log(p) if log else p
