"""exercise: which_attention
belief: All heads are computed by the same code, so it is enough to look at the first head's sums.
"""

import numpy as np


def which_attention(weights):
    T = weights.shape[1]
    w = weights[0]
    upper, lower = np.triu(w, 1), np.tril(w, -1)
    checks = {
        "mask turned round": not lower.any(),
        "no mask": bool(upper.any()),
        "mask hides itself": not np.diag(w).any(),
        "right": np.abs(weights.sum(-1) - 1).max() < 1e-3,
        "softmax over queries": np.abs(weights.sum(-2) - 1).max() < 1e-3,
        "softmax over heads": np.abs(w[np.tril_indices(T)] - 1).max() < 1e-3,
    }
    return next((name for name, holds in checks.items() if holds), "mask after softmax")
