"""exercise: noise_schedule
belief: alpha_bar counts the steps before t, so the first one is 1.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def noise_schedule(steps: int, kind: str = "linear") -> tuple[Array, Array]:
    def phi(s):
        return np.cos((s / steps + 0.008) / 1.008 * np.pi / 2) ** 2

    beta, alpha_bar, left = [], [], 1.0
    for t in range(steps):
        if kind == "linear":
            b = 0.1 / steps + t * (20 - 0.1) / steps / (steps - 1)
        else:
            b = 1 - phi(t + 1) / phi(t)
        b = min(b, 0.999)
        beta.append(b)
        alpha_bar.append(left)
        left *= 1 - b
    return np.array(beta), np.array(alpha_bar)
