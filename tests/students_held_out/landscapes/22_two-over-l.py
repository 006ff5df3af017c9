"""exercise: bowl_from_path
belief: The best rate is the largest that is still stable.
"""


def bowl_from_path(path, lr):
    r = (path[2] - path[1]) / (path[1] - path[0])
    lam = (1 - r) / lr
    a, b = float(lam.min()), float(lam.max())
    k = b / a
    return k, 2 / b, (k - 1) / (k + 1)
