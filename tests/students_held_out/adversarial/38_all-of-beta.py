"""exercise: ddpm_step
belief: The fresh noise has the variance of the step, beta_t, as in the first algorithm of the paper.
"""

import numpy as np


def ddpm_step(x, t, predicted, noise, beta):
    alpha_bar = np.cumprod(1 - beta)
    alpha = 1 - beta[t]
    before = alpha_bar[t - 1] if t > 0 else 1.0
    mean = (x - beta[t] / np.sqrt(1 - alpha_bar[t]) * predicted) / np.sqrt(alpha)
    variance = beta[t] if t > 0 else 0.0
    return (mean + np.sqrt(variance) * noise).astype(x.dtype)
