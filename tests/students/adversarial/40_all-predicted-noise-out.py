"""exercise: ddpm_step
belief: The step takes the predicted noise out with the factor it came in with, the root of beta_t.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def ddpm_step(x: Array, t: int, predicted: Array, noise: Array, beta: Array) -> Array:
    left, before = 1.0, 1.0
    for s in range(t + 1):
        before = left
        left = left * (1 - float(beta[s]))
    b = float(beta[t])
    mean = (x - b**0.5 * predicted) / (1 - b) ** 0.5
    if t == 0:
        return mean.astype(x.dtype)
    sigma = (b * (1 - before) / (1 - left)) ** 0.5
    return (mean + sigma * noise).astype(x.dtype)
