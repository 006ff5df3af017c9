"""exercise: what_leaked
belief: Count the distinct rows that both sets have.
"""

import numpy as np


def what_leaked(train, test, train_scaled, test_scaled):
    def z(rows, ref):
        sd = ref.std(0)
        c = np.ptp(ref, axis=0) == 0
        return np.where(c, 0, (rows - ref.mean(0)) / np.where(c, 1, sd))

    if not np.allclose(z(train, train), train_scaled, atol=1e-3):
        name = "together"
    else:
        name = "train" if np.allclose(z(test, train), test_scaled, atol=1e-3) else "apart"
    return name, len(set(map(tuple, train.tolist())) & set(map(tuple, test.tolist())))
