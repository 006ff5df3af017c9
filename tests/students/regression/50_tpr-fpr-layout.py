"""exercise: confusion_and_auc
belief: The matrix is TP, FP above FN, TN.
"""

import numpy as np


def confusion_and_auc(labels, scores, threshold=0.5):
    y = scores >= threshold
    t = labels == 1
    matrix = np.array([[(y & t).sum(), (y & ~t).sum()], [(~y & t).sum(), (~y & ~t).sum()]])
    if t.all() or not t.any():
        return matrix, float("nan")
    d = scores[t][:, None] - scores[~t][None, :]
    return matrix, float(np.mean((np.sign(d) + 1) / 2))
