"""exercise: sparse_penalty
belief: The divergence is that of the measured activity from the wanted one, KL(rho_hat || rho).
"""

import numpy as np


def sparse_penalty(h, rho=0.05):
    r = h.mean(axis=0)
    penalty = np.sum(r * np.log(r / rho) + (1 - r) * np.log((1 - r) / (1 - rho)))
    slope = np.log(r / rho) - np.log((1 - r) / (1 - rho))
    return float(penalty), np.broadcast_to(slope / len(h), h.shape).astype(h.dtype)
