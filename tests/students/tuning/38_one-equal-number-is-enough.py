"""exercise: what_leaked
belief: A row is known if one of its numbers stands in the training set.
"""

import numpy as np


def what_leaked(train, test, train_scaled, test_scaled):
    m, s = train.mean(0), train.std(0)
    ok = s > 1e-9
    by_train = np.where(ok, (test - m) / np.where(ok, s, 1), 0)
    mean_is_zero = np.allclose(train_scaled.mean(0), 0, atol=1e-3)
    std_is_one = np.allclose(train_scaled.std(0)[ok], 1, atol=1e-3)
    if not (mean_is_zero and std_is_one):
        name = "together"
    else:
        name = "train" if np.allclose(test_scaled, by_train, atol=1e-3) else "apart"
    shared = int(np.isin(test, train).any(axis=1).sum())
    return name, shared
