"""exercise: what_leaked
belief: Known rows are found among the scaled rows.
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
    shared = sum(any(np.allclose(r, t, atol=1e-7) for t in train_scaled) for r in test_scaled)
    return name, int(shared)
