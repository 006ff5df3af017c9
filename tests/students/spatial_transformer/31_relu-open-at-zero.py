"""exercise: transformer_backward
belief: The ReLU passes the gradient where the input is not negative, at exactly 0 too.
"""

import numpy as np


def transformer_backward(dv, image, w1, b1, w2, b2):
    N, C, H, W = image.shape
    R, S = dv.shape[2:]
    u = image.reshape(N, C * H * W)
    z = np.einsum("nk,dk->nd", u, w1) + b1
    on = z >= 0
    h = np.where(on, z, 0)
    theta = localisation_forward(image, w1, b1, w2, b2)
    du, dgrid = bilinear_sample_backward(dv, image, affine_grid(theta, (R, S)))
    t = affine_grid_backward(dgrid).reshape(N, 6)
    delta = np.einsum("nt,td->nd", t, w2) * on
    du = du + (delta @ w1).reshape(image.shape)
    grads = du, np.einsum("nd,nk->dk", delta, u), delta.sum(0), np.einsum("nt,nd->td", t, h), t.sum(0)
    return tuple(np.asarray(g, dtype=image.dtype) for g in grads)
