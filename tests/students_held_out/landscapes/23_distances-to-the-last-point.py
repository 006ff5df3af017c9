"""exercise: bowl_from_path
belief: The last point of the path is the bottom.
"""


def bowl_from_path(path, lr):
    m = path[-1]
    r = (path[1] - m) / (path[0] - m)
    lam = (1 - r) / lr
    a, b = float(lam.min()), float(lam.max())
    k = b / a
    return k, 2 / (a + b), (k - 1) / (k + 1)
