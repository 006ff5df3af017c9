"""exercise: ddpm_step
belief: The data's share is stretched back by one over the root of alpha_bar_t.
"""

import numpy as np


def ddpm_step(x, t, predicted, noise, beta):
    abar = np.concatenate([[1.0], np.cumprod(1.0 - beta)])
    keep, prev = abar[t + 1], abar[t]
    eps_coef = beta[t] / (1 - keep) ** 0.5
    stretch = 1 / keep ** 0.5
    sigma = (beta[t] * (1 - prev) / (1 - keep)) ** 0.5
    return (stretch * (x - eps_coef * predicted) + sigma * noise).astype(x.dtype)
