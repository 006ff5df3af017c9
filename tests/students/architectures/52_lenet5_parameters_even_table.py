"""exercise: lenet5_parameters
belief: The maps of C3 share their readings evenly, so each reads the integer mean number of
maps of S2.
"""

import numpy as np


def lenet5_parameters(table, kernel=5, units=(120, 84)):
    seen, made = np.shape(table)
    k2 = kernel**2
    each = int(np.sum(table)) // made
    c5, f6 = units
    return [
        seen * (k2 + 1),
        2 * seen,
        made * (each * k2 + 1),
        2 * made,
        c5 * (made * k2 + 1),
        f6 * (c5 + 1),
        0,
    ]
