"""exercise: multiclass_perceptron_update
belief: The right class must beat all others.
"""

import numpy as np


def multiclass_perceptron_update(w, x, label):
    xb = np.append(1.0, x).astype(w.dtype)
    z = w @ xb
    rivals = [k for k in range(len(w)) if k != label]
    k = max(rivals, key=lambda j: z[j])
    new = w.copy()
    if z[k] >= z[label]:
        new[label] += xb
        new[k] -= xb
    return new
