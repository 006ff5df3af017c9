"""exercise: rectifier
belief: A randomised ReLU draws its alpha between the two limits whenever it is called.
"""

import numpy as np


def rectifier(z, kind="leaky", alpha=0.01):
    if isinstance(alpha, tuple):
        alpha = np.random.uniform(alpha[0], alpha[1], size=z.shape)
    slope = np.broadcast_to(np.asarray(alpha, dtype=z.dtype), z.shape)
    a = z.copy()
    da = np.ones_like(z)
    m = z <= 0
    if kind == "leaky":
        a[m] = slope[m] * z[m]
        da[m] = slope[m]
    else:
        a[m] = slope[m] * np.expm1(z[m])
        da[m] = slope[m] * np.exp(z[m])
    return a, da
