"""exercise: mode_count
belief: A sample belongs to every centre whose circle it lies in.
"""

import numpy as np


def mode_count(samples, centres, radius, least=1):
    hits = [0] * len(centres)
    belonging = 0
    for sample in samples:
        distances = [float(np.sqrt(np.sum((sample - centre) ** 2))) for centre in centres]
        inside = False
        for k in range(len(centres)):
            if distances[k] <= radius:
                hits[k] += 1
                inside = True
        if inside:
            belonging += 1
    modes = 0
    for number in hits:
        if number >= least:
            modes += 1
    return modes, belonging / len(samples)
