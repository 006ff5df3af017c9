"""exercise: noise_schedule
belief: The linear schedule goes from 1e-4 to 0.02, whatever T.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def noise_schedule(steps: int, kind: str = "linear") -> tuple[Array, Array]:
    if kind == "linear":
        beta = np.linspace(1e-4, 0.02, steps)
    else:
        s = np.arange(steps + 1) / steps
        phi = np.cos((s + 0.008) / 1.008 * np.pi / 2) ** 2
        beta = 1 - phi[1:] / phi[:-1]
    beta = np.minimum(beta, 0.999)
    return beta, np.cumprod(1 - beta)
