"""exercise: critic_losses
belief: The Wasserstein critic's loss is mean(real) - mean(fake), the gap it opens.
"""

import numpy as np


def critic_losses(real, fake, kind="wasserstein"):
    N, M = len(real), len(fake)
    generator = -fake.mean()
    if kind == "wasserstein":
        critic = real.mean() - fake.mean()
        dreal = np.full_like(real, 1 / N)
        dfake = np.full_like(fake, -1 / M)
    else:
        critic = np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean()
        dreal = -(real < 1).astype(real.dtype) / N
        dfake = (fake > -1).astype(fake.dtype) / M
    return float(critic), float(generator), dreal, dfake
