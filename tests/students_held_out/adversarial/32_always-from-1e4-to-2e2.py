"""exercise: noise_schedule
belief: The linear schedule goes from 1e-4 to 0.02, as Ho et al. write.
"""

import numpy as np


def noise_schedule(steps, kind="linear"):
    T = steps
    if kind == "linear":
        beta = np.linspace(1e-4, 0.02, T)
    else:
        phi = np.cos((np.arange(T + 1) / T + 0.008) / 1.008 * np.pi / 2) ** 2
        beta = 1 - phi[1:] / phi[:-1]
    beta = np.minimum(beta, 0.999)
    return beta, np.cumprod(1 - beta)
