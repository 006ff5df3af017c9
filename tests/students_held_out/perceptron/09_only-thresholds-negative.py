"""exercise: gate
belief: Negation flips the threshold.
"""

import numpy as np


def gate(name, d=2):
    k = {"AND": d, "OR": 1, "MAJORITY": d // 2 + 1, "NAND": d, "NOR": 1, "NOT": 1}[name]
    th = k - 0.5
    if name in ("NAND", "NOR", "NOT"):
        th = -th
    return np.ones(d), th
