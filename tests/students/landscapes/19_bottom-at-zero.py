"""exercise: bowl_from_path
belief: The bottom is at the origin, so the points themselves shrink by the factor.
"""


def bowl_from_path(path, lr):
    factor = path[1] / path[0]
    lam = (1 - factor) / lr
    L, mu = lam.max(), lam.min()
    k = L / mu
    return float(k), float(2 / (L + mu)), float((k - 1) / (k + 1))
