"""exercise: lora_backward
belief: W is frozen, so no gradient goes through it; x gets what comes back through the path.
teacher: Frozen means that W gets no gradient; what passes on to x goes through W as well as through the path.
"""

import numpy as np


def lora_backward(dy, x, w, down, up, alpha):
    s = alpha / down.shape[0]
    through = dy @ up * s            # (N, r)
    d_up = s * dy.T @ (x @ down.T)
    d_down = through.T @ x
    dx = through @ down
    return dx, d_down, d_up
