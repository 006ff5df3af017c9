"""exercise: gate
belief: A gate is negated by negating its weights.
"""

import numpy as np


def gate(name, d=2):
    if name in ("NAND", "NOR", "NOT"):
        w, t = gate({"NAND": "AND", "NOR": "OR", "NOT": "OR"}[name], d)
        return -w, t
    k = {"AND": d, "OR": 1, "MAJORITY": d // 2 + 1}[name]
    return np.ones(d), k - 0.5
