"""exercise: mode_count
belief: Near means closer than the radius; what lies on the circle is outside.
"""

import numpy as np


def mode_count(samples, centres, radius, least=1):
    dist = np.sqrt(((samples[:, None, :] - centres[None, :, :]) ** 2).sum(axis=-1))
    nearest = dist.argmin(axis=1)
    near = dist[np.arange(len(samples)), nearest] < radius
    counts = np.bincount(nearest[near], minlength=len(centres))
    return int((counts >= least).sum()), float(near.mean())
