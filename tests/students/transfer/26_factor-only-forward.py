"""exercise: lora_backward
belief: The factor is a constant of the forward pass and drops out of the gradients of A and B.
teacher: A constant factor stays in the derivative.
"""

import numpy as np


def lora_backward(dy, x, w, down, up, alpha):
    factor = float(alpha) / len(down)
    dx = np.zeros_like(x)
    d_down, d_up = np.zeros_like(down), np.zeros_like(up)
    for n in range(len(x)):
        inner = down @ x[n]
        d_inner = factor * (up.T @ dy[n])
        d_up += np.outer(dy[n], inner)
        d_down += np.outer(up.T @ dy[n], x[n])
        dx[n] = w.T @ dy[n] + down.T @ d_inner
    return dx, d_down.astype(x.dtype), d_up.astype(x.dtype)
