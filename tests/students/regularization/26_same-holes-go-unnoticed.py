"""exercise: dropout_fault
belief: Whether samples share a mask cannot be seen from the values.
"""

import numpy as np


def dropout_fault(x, train, test):
    holes = train == 0
    p = holes.mean()
    if (test == 0).any():
        return "left-on", float(p)
    scaled = not np.allclose(train[~holes], x[~holes])
    shrunk = not np.allclose(test, x)
    table = {(True, True): "scaled-twice", (True, False): "inverted"}
    table[False, True], table[False, False] = "original", "never-scaled"
    return table[scaled, shrunk], float(p)
