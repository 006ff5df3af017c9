"""exercise: critic_losses
belief: With the hinge the generator minimises max(0, 1 - f), so that its fakes score at least one.
"""

import numpy as np


def critic_losses(real, fake, kind="wasserstein"):
    critic, generator = 0.0, 0.0
    dreal, dfake = np.zeros(real.shape, real.dtype), np.zeros(fake.shape, fake.dtype)
    for i, r in enumerate(real):
        if kind == "hinge":
            critic += max(0.0, 1.0 - float(r)) / len(real)
            if r < 1:
                dreal[i] = -1 / len(real)
        else:
            critic -= float(r) / len(real)
            dreal[i] = -1 / len(real)
    for i, f in enumerate(fake):
        if kind == "hinge":
            critic += max(0.0, 1.0 + float(f)) / len(fake)
            if f > -1:
                dfake[i] = 1 / len(fake)
            generator += max(0.0, 1.0 - float(f)) / len(fake)
        else:
            critic += float(f) / len(fake)
            dfake[i] = 1 / len(fake)
            generator -= float(f) / len(fake)
    return critic, generator, dreal, dfake
