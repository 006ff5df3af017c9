"""exercise: gate
belief: A gate has weights and a bias.
"""

import numpy as np


def gate(name, d=2):
    if name == "AND":
        w, b = np.ones(d), 0.5 - d
    elif name == "OR":
        w, b = np.ones(d), -0.5
    elif name == "NAND":
        w, b = -np.ones(d), d - 0.5
    elif name == "NOR" or name == "NOT":
        w, b = -np.ones(d), 0.5
    else:
        w, b = np.ones(d), -(d // 2) - 0.5
    return w, b
