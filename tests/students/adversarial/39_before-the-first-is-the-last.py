"""exercise: ddpm_step
belief: alpha_bar[t - 1] is the value of the step before, for every t.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def ddpm_step(x: Array, t: int, predicted: Array, noise: Array, beta: Array) -> Array:
    alpha_bar = np.cumprod(1 - beta)
    before = alpha_bar[t - 1]
    mean = (x - beta[t] / np.sqrt(1 - alpha_bar[t]) * predicted) / np.sqrt(1 - beta[t])
    variance = beta[t] * (1 - before) / (1 - alpha_bar[t])
    return (mean + np.sqrt(variance) * noise).astype(x.dtype)
