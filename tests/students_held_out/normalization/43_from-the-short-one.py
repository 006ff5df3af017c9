"""exercise: scaled_step
belief: The gradient is that of the long copy, the step is made from w.
"""


def scaled_step(w, gradient, c, lr):
    k = c[:, None]
    return w - lr * gradient / k, lr / c**2
