"""exercise: mode_count
belief: The share counts the samples of modes that are found.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def mode_count(samples: Array, centres: Array, radius: float, least: int = 1) -> tuple[int, float]:
    distance = np.linalg.norm(samples[:, None, :] - centres[None], axis=2)
    nearest = distance.argmin(axis=1)
    near = distance.min(axis=1) <= radius
    members = np.bincount(nearest[near], minlength=len(centres))
    return int(np.sum(members >= least)), float(members[members >= least].sum() / len(samples))
