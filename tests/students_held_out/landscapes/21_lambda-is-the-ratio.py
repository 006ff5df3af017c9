"""exercise: bowl_from_path
belief: The ratio of moves over the rate is the curvature.
"""


def bowl_from_path(path, lr):
    r = (path[2] - path[1]) / (path[1] - path[0])
    lam = r / lr
    a, b = float(lam.min()), float(lam.max())
    k = b / a
    return k, 2 / (a + b), (k - 1) / (k + 1)
