"""exercise: multiclass_perceptron_update
belief: Every class whose sum is above that of the right class has made a mistake and gets the input subtracted.
"""

import numpy as np


def multiclass_perceptron_update(w, x, label):
    x1 = np.concatenate([[1], x]).astype(w.dtype)
    scores = w @ x1
    winner = int(np.argmax(scores))
    new = w.copy()
    if winner == label:
        return new
    for k in range(len(w)):
        if k == winner or scores[k] > scores[label]:
            new[k] -= x1
    new[label] += x1
    return new
