"""exercise: dropout
belief: Units are dropped in training, and at test time everything is multiplied by the
probability to stay.
"""


def dropout(x, dy, u, p, training=True):
    keep = 1 - p
    if training:
        mask = (u >= p).astype(x.dtype)
        return x * mask, dy * mask
    return x * keep, dy * keep
