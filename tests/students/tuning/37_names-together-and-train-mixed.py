"""exercise: what_leaked
belief: If the scaled training rows have mean 0, all is well.
"""

import numpy as np


def what_leaked(train, test, train_scaled, test_scaled):
    clean = np.allclose(train_scaled.mean(axis=0), 0, atol=1e-4)
    rows = {tuple(r) for r in train.tolist()}
    shared = sum(tuple(r) in rows for r in test.tolist())
    return ("train" if clean else "together"), shared
