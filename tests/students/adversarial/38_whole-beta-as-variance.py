"""exercise: ddpm_step
belief: The fresh noise has the variance beta_t, as in most codes.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def ddpm_step(x: Array, t: int, predicted: Array, noise: Array, beta: Array) -> Array:
    alpha_bar = np.cumprod(1 - beta)
    mean = (x - beta[t] / np.sqrt(1 - alpha_bar[t]) * predicted) / np.sqrt(1 - beta[t])
    variance = beta[t] if t > 0 else 0.0
    return (mean + np.sqrt(variance) * noise).astype(x.dtype)
