"""exercise: critic_losses
belief: With the hinge the generator has a hinge of its own, the mean of max(0, 1 - f).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def critic_losses(
    real: Array, fake: Array, kind: str = "wasserstein"
) -> tuple[float, float, Array, Array]:
    n, m = len(real), len(fake)
    dreal, dfake = np.zeros_like(real), np.zeros_like(fake)
    critic = 0.0
    for i, r in enumerate(real):
        if kind == "wasserstein":
            critic -= float(r) / n
            dreal[i] = -1 / n
        elif r < 1:
            critic += float(1 - r) / n
            dreal[i] = -1 / n
    for j, f in enumerate(fake):
        if kind == "wasserstein":
            critic += float(f) / m
            dfake[j] = 1 / m
        elif f > -1:
            critic += float(1 + f) / m
            dfake[j] = 1 / m
    if kind == "wasserstein":
        generator = -sum(float(f) for f in fake) / m
    else:
        generator = sum(max(0.0, float(1 - f)) for f in fake) / m
    return critic, generator, dreal, dfake
