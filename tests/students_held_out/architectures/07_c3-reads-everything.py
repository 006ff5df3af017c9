"""exercise: lenet5_parameters
belief: A map of a convolution reads all maps below it, so C3 has F windows over S maps.
teacher: In LeNet-5 a map of C3 reads only the maps that the table gives it: one window for each cross, 1,516 parameters instead of 2,416.
"""

import numpy as np


def lenet5_parameters(table, kernel=5, units=(120, 84)):
    S, F = np.shape(table)
    k2 = kernel * kernel
    c1 = S * (k2 + 1)
    s2 = 2 * S
    c3 = S * F * k2 + F
    s4 = 2 * F
    c5 = units[0] * (F * k2 + 1)
    f6 = units[1] * (units[0] + 1)
    return [c1, s2, c3, s4, c5, f6, 0]
