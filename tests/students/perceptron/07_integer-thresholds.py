"""exercise: gate
belief: The threshold is the number of inputs that must be on.
"""

import numpy as np


def gate(name, d=2):
    if name == "AND":
        return np.ones(d), d
    if name == "OR":
        return np.ones(d), 1
    if name == "NAND":
        return -np.ones(d), -(d - 1)
    if name == "NOR":
        return -np.ones(d), 0
    if name == "MAJORITY":
        return np.ones(d), d // 2 + 1
    return -np.ones(1), 0
