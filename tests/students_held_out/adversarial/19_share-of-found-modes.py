"""exercise: mode_count
belief: The share counts the samples of those modes that are found.
"""

import numpy as np


def mode_count(samples, centres, radius, least=1):
    gap = samples[:, np.newaxis] - centres
    d2 = np.linalg.norm(gap, axis=2)
    owner = np.where(d2.min(1) <= radius, d2.argmin(1), -1)
    sizes = np.array([np.count_nonzero(owner == k) for k in range(len(centres))])
    found = sizes >= least
    return int(found.sum()), float(sizes[found].sum() / len(samples))
