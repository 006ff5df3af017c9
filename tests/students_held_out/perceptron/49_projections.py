"""exercise: linearly_separable
belief: Some coordinate must separate the classes.
"""


def linearly_separable(x, y):
    a, b = x[y == 0], x[y == 1]
    if len(a) == 0 or len(b) == 0:
        return True
    for j in range(x.shape[1]):
        if a[:, j].max() < b[:, j].min() or b[:, j].max() < a[:, j].min():
            return True
    return False
