"""exercise: what_leaked
belief: The first column tells whose statistics were used.
"""

import numpy as np


def what_leaked(train, test, train_scaled, test_scaled):
    a, b = train[:, 0], test[:, 0]
    both = np.concatenate([a, b])

    def z(v, ref):
        return (v - ref.mean()) / ref.std() if np.ptp(ref) > 0 else 0 * v

    options = {
        "train": np.concatenate([z(a, a), z(b, a)]),
        "together": z(both, both),
        "apart": np.concatenate([z(a, a), z(b, b)]),
    }
    found = np.concatenate([train_scaled[:, 0], test_scaled[:, 0]])
    name = min(options, key=lambda k: np.abs(options[k] - found).max())
    shared = int(sum((train == row).all(axis=1).any() for row in test))
    return name, shared
