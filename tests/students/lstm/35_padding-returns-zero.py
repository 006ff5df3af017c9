"""exercise: deep_lstm
belief: Outputs at padded steps are set to zero, as PyTorch's pad_packed_sequence returns them.
"""

import numpy as np


def deep_lstm(x, layers, mask=None):
    N = x.shape[1]
    y = x
    for layer in layers:
        parts = []
        for direction, (w, b) in zip((1, -1), layer):
            H = w.shape[0] // 4
            s = np.zeros((N, H), x.dtype)
            m = None if mask is None else mask[::direction]
            hs, _ = lstm_forward(y[::direction], s, s, w, b, m)
            parts.append(hs[::direction])
        y = np.concatenate(parts, axis=-1)
        if mask is not None:
            y = np.where(mask[..., None], y, np.zeros_like(y))
    return y
