"""exercise: squeeze_excite
belief: The sigmoid can be taken as min(max(z + 3, 0), 6) / 6, which is the same and cheaper.
teacher: That is the hard sigmoid of nets for phones: near the sigmoid, but not the same; asked for is the sigmoid itself.
"""

import numpy as np


def squeeze_excite(x, w1, b1, w2, b2):
    squeeze = x.mean(axis=(2, 3))
    excite = np.maximum(squeeze @ w1.T + b1, 0) @ w2.T + b2
    gates = np.clip(excite + 3, 0, 6) / 6
    gates = gates.astype(x.dtype)
    return x * gates[:, :, None, None], gates
