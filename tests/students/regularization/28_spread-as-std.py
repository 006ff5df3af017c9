"""exercise: mc_dropout
belief: How sure the net is, is told by the standard deviation.
"""


def mc_dropout(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    z = x @ w1.T + b1
    h = z * (z > 0)
    k = (u >= p) / (1 - p)
    outs = (h[None] * k) @ w2.T + b2
    outs = outs.astype(x.dtype)
    return outs.mean(0), outs.std(0)
