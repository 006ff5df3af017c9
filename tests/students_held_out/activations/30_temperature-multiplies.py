"""exercise: softmax
belief: The scores are multiplied by the temperature.
"""

import numpy as np


def softmax(z, axis=-1, temperature=1.0, log=False):
    beta = temperature
    shifted = beta * (z - z.max(axis=axis, keepdims=True))
    lse = np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    out = shifted - lse
    if not log:
        out = np.exp(out)
    return out.astype(z.dtype)
