"""exercise: what_leaked
belief: Count the training rows that stand in the test set.
"""

import numpy as np


def what_leaked(train, test, train_scaled, test_scaled):
    m, s = train.mean(0), train.std(0)
    ok = np.ptp(train, axis=0) > 0
    own = np.where(ok, (train - m) / np.where(ok, s, 1), 0)
    other = np.where(ok, (test - m) / np.where(ok, s, 1), 0)
    if not np.allclose(own, train_scaled, atol=1e-3):
        name = "together"
    elif np.allclose(other, test_scaled, atol=1e-3):
        name = "train"
    else:
        name = "apart"
    known = {tuple(row) for row in test.tolist()}
    return name, sum(tuple(row) in known for row in train.tolist())
