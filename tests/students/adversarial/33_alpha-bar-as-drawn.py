"""exercise: noise_schedule
belief: In the cosine schedule alpha_bar is phi(t + 1) / phi(0), whatever beta is clipped to.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def noise_schedule(steps: int, kind: str = "linear") -> tuple[Array, Array]:
    if kind == "linear":
        beta = np.linspace(0.1, 20, steps) / steps
    else:
        s = np.arange(steps + 1) / steps
        phi = np.cos((s + 0.008) / 1.008 * np.pi / 2) ** 2
        beta = 1 - phi[1:] / phi[:-1]
    beta = np.minimum(beta, 0.999)
    if kind == "linear":
        return beta, np.cumprod(1 - beta)
    return beta, phi[1:] / phi[0]
