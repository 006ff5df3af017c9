"""exercise: rectifier
belief: Leaky ReLU is max(alpha z, z).
"""

import numpy as np


def rectifier(z, kind="leaky", alpha=0.01):
    if isinstance(alpha, tuple):
        alpha = sum(alpha) / len(alpha)
    if kind == "leaky":
        return np.maximum(alpha * z, z), np.where(z > 0, 1, alpha).astype(z.dtype)
    neg = np.exp(np.minimum(z, 0))
    return (
        np.where(z > 0, z, alpha * (neg - 1)).astype(z.dtype),
        np.where(z > 0, 1, alpha * neg).astype(z.dtype),
    )
