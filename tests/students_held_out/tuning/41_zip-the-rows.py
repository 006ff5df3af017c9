"""exercise: what_leaked
belief: A known row stands in the same line of both sets.
"""

import numpy as np


def what_leaked(train, test, train_scaled, test_scaled):
    def z(rows, ref):
        sd = ref.std(0)
        c = np.ptp(ref, axis=0) == 0
        return np.where(c, 0, (rows - ref.mean(0)) / np.where(c, 1, sd))

    if np.abs(z(train, train) - train_scaled).max() > 1e-3:
        name = "together"
    elif np.abs(z(test, train) - test_scaled).max() < 1e-3:
        name = "train"
    else:
        name = "apart"
    return name, sum(bool(np.all(a == b)) for a, b in zip(train, test))
