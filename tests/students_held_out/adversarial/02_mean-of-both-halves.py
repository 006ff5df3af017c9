"""exercise: optimal_discriminator
belief: Half of what the discriminator sees is real and half is fake, so what it earns is the mean of the two sums.
"""

import math

import numpy as np


def optimal_discriminator(p, q):
    K = len(p)
    d = np.zeros(K, dtype=p.dtype)
    earned = 0.0
    for k in range(K):
        if p[k] == 0 and q[k] == 0:
            d[k] = 0.5
            continue
        d[k] = p[k] / (p[k] + q[k])
        if p[k] > 0:
            earned += float(p[k]) * math.log(p[k] / (p[k] + q[k]))
        if q[k] > 0:
            earned += float(q[k]) * math.log(q[k] / (p[k] + q[k]))
    return d, earned / 2
