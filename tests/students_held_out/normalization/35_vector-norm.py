"""exercise: rms_norm
belief: Divide by the length of the vector.
"""

import numpy as np


def rms_norm(x, gamma, eps=1e-5):
    n = np.sqrt(np.einsum("ntd,ntd->nt", x, x) + eps)
    return x / n[..., None] * gamma
