"""exercise: adaline_update
belief: Samples on the right side need no update.
"""


def adaline_update(w, x, target, lr):
    z = w[0] + w[1:] @ x
    y = 1 if z >= 0 else 0
    new = w.copy()
    if (target > 0) != (y == 1):
        new[0] += lr * (target - z)
        new[1:] += lr * (target - z) * x
    return new
