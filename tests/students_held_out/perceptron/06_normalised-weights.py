"""exercise: gate
belief: Weights are shares of the inputs.
"""

import numpy as np


def gate(name, d=2):
    w = np.full(d, 1.0 / d)
    k = {"AND": d, "OR": 1, "MAJORITY": d // 2 + 1, "NAND": d, "NOR": 1, "NOT": 1}[name]
    if name[0] == "N":
        return -w, -(k - 0.5)
    return w, k - 0.5
