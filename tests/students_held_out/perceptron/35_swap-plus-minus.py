"""exercise: multiclass_perceptron_update
belief: The winner is strengthened.
"""

import numpy as np


def multiclass_perceptron_update(w, x, label):
    xb = np.append(1.0, x).astype(w.dtype)
    k = np.argmax(w @ xb)
    new = w.copy()
    if k != label:
        new[k] += xb
        new[label] -= xb
    return new
