"""exercise: lora_backward
belief: The gradient for the layers below comes through the frozen weights.
teacher: Through both paths: it is that of the merged layer.
"""

import numpy as np


def lora_backward(dy, x, w, down, up, alpha):
    scale = float(alpha) / down.shape[0]
    dh = scale * dy @ up
    dx = dy @ w
    d_down = dh.T @ x
    d_up = scale * dy.T @ (x @ down.T)
    return dx, d_down, d_up
