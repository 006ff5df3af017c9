"""exercise: spatial_batch_norm
belief: reshape(x.shape) brings the rows back to images.
"""


def spatial_batch_norm(x, dy, gamma, beta, eps=1e-5):
    n, c, h, w = x.shape
    flat = x.transpose(0, 2, 3, 1).reshape(-1, c)
    dflat = dy.transpose(0, 2, 3, 1).reshape(-1, c)
    y = batch_norm_forward(flat, gamma, beta, eps)[0]
    dx, dg, db = batch_norm_backward(dflat, flat, gamma, eps)
    return y.reshape(x.shape), dx.reshape(x.shape), dg, db
