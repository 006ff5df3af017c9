"""exercise: multiclass_perceptron_update
belief: All classes above the right one are punished.
"""

import numpy as np


def multiclass_perceptron_update(w, x, label):
    xb = np.append(1.0, x).astype(w.dtype)
    z = w @ xb
    new = w.copy()
    hit = False
    for k in range(len(w)):
        if z[k] > z[label]:
            new[k] -= xb
            hit = True
    if hit:
        new[label] += xb
    return new
