"""exercise: critic_losses
belief: The critic's loss is the gap it opens, the mean of r minus the mean of f.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def critic_losses(
    real: Array, fake: Array, kind: str = "wasserstein"
) -> tuple[float, float, Array, Array]:
    if kind == "wasserstein":
        critic = real.mean() - fake.mean()
        dreal, dfake = np.ones_like(real), -np.ones_like(fake)
    else:
        critic = np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean()
        dreal, dfake = -(real < 1).astype(real.dtype), (fake > -1).astype(fake.dtype)
    return float(critic), float(-fake.mean()), dreal / len(real), dfake / len(fake)
