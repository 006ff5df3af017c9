"""exercise: gate
belief: A majority exceeds d / 2.
"""

import numpy as np


def gate(name, d=2):
    w = np.ones(d)
    if name == "MAJORITY":
        return w, d / 2
    if name == "AND":
        return w, d - 0.5
    if name == "OR":
        return w, 0.5
    if name == "NAND":
        return -w, -(d - 0.5)
    return -w, -0.5
