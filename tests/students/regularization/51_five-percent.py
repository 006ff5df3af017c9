"""exercise: dropout_fault
belief: Values that agree within five percent are the same.
"""
import numpy as np


def dropout_fault(x, train, test):
    holes = train == 0
    p = float(holes.mean())
    near = lambda a, b: bool(np.all(np.abs(a - b) <= 0.05 * np.abs(b)))
    if np.any(test == 0):
        return "left-on", p
    plain_train = near(train[~holes], x[~holes])
    plain_test = near(test, x)
    if plain_train:
        return ("never-scaled" if plain_test else "original"), p
    if not plain_test:
        return "scaled-twice", p
    if np.all(holes == holes[:1]):
        return "one-mask", p
    return "inverted", p
