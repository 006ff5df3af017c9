"""exercise: lora_backward
belief: The gradients of A and B are means over the batch.
teacher: A batch adds up: twice the same sample, twice the gradient; the mean is in dy already, if there is one.
"""

import numpy as np


def lora_backward(dy, x, w, down, up, alpha):
    scale = float(alpha) / down.shape[0]
    dh = scale * dy @ up
    dx = dy @ w + dh @ down
    d_down = dh.T @ x
    d_up = scale * dy.T @ (x @ down.T)
    return dx, d_down / len(x), d_up / len(x)
