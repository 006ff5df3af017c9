"""exercise: multiclass_perceptron_update
belief: The best wrong class is always pushed down.
"""

import numpy as np


def multiclass_perceptron_update(w, x, label):
    xb = np.append(1.0, x).astype(w.dtype)
    z = (w @ xb).astype(float)
    z[label] = -np.inf
    k = int(np.argmax(z))
    new = w.copy()
    new[label] += xb
    new[k] -= xb
    return new
