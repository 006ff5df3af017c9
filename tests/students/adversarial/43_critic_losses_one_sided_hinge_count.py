"""exercise: critic_losses
belief: The hinge's mean is over the samples that still violate the margin, those that are content
do not count.
"""

import numpy as np


def critic_losses(real, fake, kind="wasserstein"):
    dreal = np.zeros_like(real)
    dfake = np.zeros_like(fake)
    if kind == "wasserstein":
        dreal -= 1 / real.size
        dfake += 1 / fake.size
        loss = float(np.mean(fake) - np.mean(real))
    else:
        loss = 0.0
        bad_real, bad_fake = real < 1, fake > -1
        if bad_real.any():
            loss += float(np.mean(1 - real[bad_real]))
            dreal[bad_real] = -1 / bad_real.sum()
        if bad_fake.any():
            loss += float(np.mean(1 + fake[bad_fake]))
            dfake[bad_fake] = 1 / bad_fake.sum()
    return loss, float(-np.mean(fake)), dreal, dfake
