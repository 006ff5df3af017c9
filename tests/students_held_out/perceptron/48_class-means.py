"""exercise: linearly_separable
belief: The line between the class centres decides.
"""


def linearly_separable(x, y):
    if y.min() == y.max():
        return True
    a, b = x[y == 0].mean(0), x[y == 1].mean(0)
    v = b - a
    if not v.any():
        return False
    p = (x - (a + b) / 2) @ v
    return bool(p[y == 0].max() < 0 < p[y == 1].min())
