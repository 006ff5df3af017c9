"""exercise: read_log
belief: The theorem bounds the number of epochs.
"""


def read_log(x, mistakes, margin):
    R2 = 1 + (x**2).sum(axis=1).max()
    b = R2 / margin**2
    if (mistakes == 0).any():
        return "separable", 0.0
    if len(mistakes) > b:
        return "not separable", 0.0
    return "undecided", float(b - len(mistakes))
