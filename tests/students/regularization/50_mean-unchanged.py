"""exercise: dropout_fault
belief: Inverted dropout keeps the mean: if the mean in training is nearer to that of the input than to (1 - p) times it, the entries were scaled.
"""
import numpy as np


def dropout_fault(x, train, test):
    holes = train == 0
    p = float(np.count_nonzero(holes) / holes.size)
    if (test == 0).any():
        return "left-on", p
    level = train.sum() / x.sum()
    scaled = abs(level - 1) < abs(level - (1 - p))
    plain = np.allclose(test, x)
    if not scaled:
        return ("never-scaled" if plain else "original"), p
    if not plain:
        return "scaled-twice", p
    same = all(np.array_equal(row, holes[0]) for row in holes)
    return ("one-mask" if same else "inverted"), p
