"""exercise: diagnose_conv2d
belief: If several rows of the table fit, the most special one, the last, is the answer.
"""

import numpy as np


def diagnose_conv2d(x, w, b, padding, found):
    p = padding
    edge = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="edge")
    shifted = np.pad(x, ((0, 0), (0, 0), (2 * p, 0), (2 * p, 0)))
    table = [
        ("right", conv2d_forward(x, w, b, 1, p)),
        ("flipped", conv2d_forward(x, w[..., ::-1, ::-1], b, 1, p)),
        ("transposed", conv2d_forward(x, w.transpose(0, 1, 3, 2), b, 1, p)),
        ("first channel", conv2d_forward(x[:, :1], w[:, :1], b, 1, p)),
        ("no bias", conv2d_forward(x, w, 0 * b, 1, p)),
        ("bias per channel", conv2d_forward(x, w, b * x.shape[1], 1, p)),
        ("repeated border", conv2d_forward(edge, w, b)),
        ("one-sided", conv2d_forward(shifted, w, b)),
    ]
    answer = "unknown"
    for name, y in table:
        if np.abs(y - found).max() <= 1e-4 * np.abs(y).max():
            answer = name
    return answer
