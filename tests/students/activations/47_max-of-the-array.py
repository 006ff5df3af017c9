"""exercise: softmax
belief: Subtracting one constant from everything is enough.
"""

import numpy as np


def softmax(z, axis=-1, temperature=1.0, log=False):
    s = z / temperature
    s = s - np.max(s)
    e = np.exp(s)
    total = np.sum(e, axis=axis, keepdims=True)
    if log:
        return s - np.log(total)
    return e / total
