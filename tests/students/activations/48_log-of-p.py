"""exercise: softmax
belief: log_softmax is np.log of softmax.
"""

import numpy as np


def softmax(z, axis=-1, temperature=1.0, log=False):
    z = z / temperature
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    p = e / e.sum(axis=axis, keepdims=True)
    if log:
        return np.log(p)
    return p
