"""exercise: scaled_step
belief: Longer weights bear a larger rate.
"""


def scaled_step(w, gradient, c, lr):
    k = c[:, None]
    return k * w - (lr / k) * gradient, lr * c * c
