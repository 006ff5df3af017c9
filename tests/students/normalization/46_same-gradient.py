"""exercise: scaled_step
belief: The loss is the same, so its gradient is the same too.
"""


def scaled_step(w, gradient, c, lr):
    c = c.reshape(-1, 1)
    return c * w - lr * gradient, (lr / c).ravel()
