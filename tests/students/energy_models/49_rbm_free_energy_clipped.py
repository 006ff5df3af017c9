"""exercise: rbm_free_energy
belief: Clipping z to at most 500 before the exponential avoids overflow and changes nothing that matters.
"""

import numpy as np


def rbm_free_energy(x, w, b, d):
    z = np.clip(x @ w + d, -500, 500)
    hidden = np.log1p(np.exp(z.astype(float))).sum(axis=1)
    return (-(x @ b) - hidden).astype(x.dtype)
