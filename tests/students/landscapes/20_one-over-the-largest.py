"""exercise: bowl_from_path
belief: The best rate is 1/L, as in the textbooks' proofs.
"""


def bowl_from_path(path, lr):
    d = path[1:] - path[:-1]
    lam = (1 - d[1] / d[0]) / lr
    L, mu = lam.max(), lam.min()
    return float(L / mu), float(1 / L), float(1 - mu / L)
