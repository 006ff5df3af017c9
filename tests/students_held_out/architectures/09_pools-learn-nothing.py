"""exercise: lenet5_parameters
belief: Pooling has no parameters, in LeNet-5 as everywhere.
teacher: In LeNet-5 the pools learn: a coefficient and a bias for each map, 12 and 32 parameters.
"""

import numpy as np


def lenet5_parameters(table, kernel=5, units=(120, 84)):
    n_s2, n_c3 = table.shape
    fan_in = np.asarray(table, dtype=bool).sum(axis=0) * kernel**2   # of each map of C3
    conv = lambda fan, maps: (fan * kernel**2 + 1) * maps
    pool = lambda maps: 0
    return [
        conv(1, n_s2),
        pool(n_s2),
        int((fan_in + 1).sum()),
        pool(n_c3),
        conv(n_c3, units[0]),
        (units[0] + 1) * units[1],
        0,
    ]
