"""exercise: mode_count
belief: A sample belongs to the first centre that has it in its circle.
"""

import numpy as np


def mode_count(samples, centres, radius, least=1):
    owners = []
    for s in samples:
        for k, c in enumerate(centres):
            if np.sqrt(np.sum((s - c) ** 2)) <= radius:
                owners.append(k)
                break
    found = sum(owners.count(k) >= least for k in range(len(centres)))
    return int(found), len(owners) / len(samples)
