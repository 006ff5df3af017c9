"""exercise: diagnose_conv2d
belief: Two results agree if they differ little on average.
"""

import numpy as np


def diagnose_conv2d(x, w, b, padding, found):
    def agrees(guess):
        return np.abs(guess - found).mean() <= 1e-4 * np.abs(guess).max()

    p = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    q = ((0, 0), (0, 0), (2 * padding, 0), (2 * padding, 0))
    if agrees(conv2d_forward(x, w, b, 1, padding)):
        return "right"
    if agrees(conv2d_forward(x, w[:, :, ::-1, ::-1], b, 1, padding)):
        return "flipped"
    if agrees(conv2d_forward(x, np.swapaxes(w, 2, 3), b, 1, padding)):
        return "transposed"
    if agrees(conv2d_forward(x[:, :1], w[:, :1], b, 1, padding)):
        return "first channel"
    if agrees(conv2d_forward(x, w, np.zeros_like(b), 1, padding)):
        return "no bias"
    if agrees(conv2d_forward(x, w, b * x.shape[1], 1, padding)):
        return "bias per channel"
    if agrees(conv2d_forward(np.pad(x, p, mode="edge"), w, b)):
        return "repeated border"
    if agrees(conv2d_forward(np.pad(x, q), w, b)):
        return "one-sided"
    return "unknown"
