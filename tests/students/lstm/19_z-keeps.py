"""exercise: gru_step
belief: z is how much of the old state is kept, as in PyTorch.
"""

import numpy as np


def gru_step(x, h, w, b):
    H = h.shape[1]
    W_hz, W_xz = w[:H, :H], w[:H, H:]
    W_hr, W_xr = w[H : 2 * H, :H], w[H : 2 * H, H:]
    W_hh, W_xh = w[2 * H :, :H], w[2 * H :, H:]
    b_z, b_r, b_h = b[:H], b[H : 2 * H], b[2 * H :]

    Z = 0.5 * (1 + np.tanh(0.5 * (x @ W_xz.T + h @ W_hz.T + b_z)))
    R = 0.5 * (1 + np.tanh(0.5 * (x @ W_xr.T + h @ W_hr.T + b_r)))
    H_tilda = np.tanh(x @ W_xh.T + (R * h) @ W_hh.T + b_h)
    return Z * h + (1 - Z) * H_tilda
