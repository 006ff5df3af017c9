"""exercise: adaline_update
belief: The error is that of the output.
"""


def adaline_update(w, x, target, lr):
    z = w[0] + w[1:] @ x
    y = 1.0 if z >= 0 else 0.0
    new = w.copy()
    new[0] += lr * (target - y)
    new[1:] += lr * (target - y) * x
    return new
