"""exercise: what_leaked
belief: A column that is constant in training says nothing and is left out of the comparison.
"""

import numpy as np


def what_leaked(train, test, train_scaled, test_scaled):
    use = np.ptp(train, axis=0) > 0
    a, b = train[:, use], test[:, use]
    everything = np.vstack([a, b])

    def z(v, by):
        s = by.std(axis=0)
        return np.where(
            np.ptp(by, axis=0) == 0, 0.0, (v - by.mean(axis=0)) / np.where(s == 0, 1, s)
        )

    same = lambda p, q: np.allclose(p, train_scaled[:, use]) and np.allclose(q, test_scaled[:, use])
    shared = int(np.sum(np.any(np.all(test[:, None] == train[None], axis=2), axis=1)))
    if same(z(a, a), z(b, a)):
        return "train", shared
    if same(z(a, everything), z(b, everything)):
        return "together", shared
    return "apart", shared
