"""exercise: gate
belief: OR needs more inputs than AND.
"""

import numpy as np


def gate(name, d=2):
    lo, hi = 0.5, d - 0.5
    w = np.ones(d)
    if name == "AND":
        return w, lo
    if name == "OR":
        return w, hi
    if name == "NAND":
        return -w, -lo
    if name == "NOR":
        return -w, -hi
    if name == "NOT":
        return -w, -0.5
    return w, d // 2 + 0.5
