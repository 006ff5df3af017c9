"""exercise: gate
belief: AND has weights of one and a threshold of two.
"""

import numpy as np


def gate(name, d=2):
    one = np.ones(d)
    table = {
        "AND": (one, float(d)),
        "OR": (one, 0.5),
        "NAND": (-one, -d + 0.5),
        "NOR": (-one, -0.5),
        "MAJORITY": (one, d // 2 + 0.5),
        "NOT": (-one, -0.5),
    }
    return table[name]
