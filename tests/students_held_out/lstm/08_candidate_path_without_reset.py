"""exercise: gru_backward
belief: The candidate's gradient goes back to h as it comes out of the weights; the reset gate only matters for its own gradient.
"""

import numpy as np


def gru_backward(x, h, w, b, dh):
    N, H = h.shape
    wz, wr, wg = w[:H], w[H : 2 * H], w[2 * H :]
    bz, br, bg = b[:H], b[H : 2 * H], b[2 * H :]

    # forward
    hx = np.hstack([h, x])
    z = 0.5 * (1 + np.tanh(0.5 * (hx @ wz.T + bz)))
    r = 0.5 * (1 + np.tanh(0.5 * (hx @ wr.T + br)))
    rhx = np.hstack([r * h, x])
    g = np.tanh(rhx @ wg.T + bg)

    # backward
    dz = dh * (g - h) * z * (1 - z)
    dg = dh * z * (1 - g**2)
    drhx = dg @ wg
    dr = drhx[:, :H] * h * r * (1 - r)
    dhx = dz @ wz + dr @ wr

    dh_old = dh * (1 - z) + dhx[:, :H] + drhx[:, :H]
    dx = dhx[:, H:] + drhx[:, H:]
    dw = np.vstack([dz.T @ hx, dr.T @ hx, dg.T @ rhx])
    db = np.concatenate([dz.sum(0), dr.sum(0), dg.sum(0)])
    return dx, dh_old, dw, db
