"""exercise: mode_count
belief: A sample belongs to every centre in whose circle it lies.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def mode_count(samples: Array, centres: Array, radius: float, least: int = 1) -> tuple[int, float]:
    members = [0] * len(centres)
    inside = 0
    for sample in samples:
        distances = [np.sqrt(np.sum((sample - centre) ** 2)) for centre in centres]
        for mode, distance in enumerate(distances):
            if distance <= radius:
                members[mode] += 1
        inside += min(distances) <= radius
    modes = sum(1 for count in members if count >= least)
    return modes, float(inside / len(samples))
