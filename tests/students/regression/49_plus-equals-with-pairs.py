"""exercise: confusion_and_auc
belief: Indexing with two arrays counts every pair.
"""

import numpy as np


def confusion_and_auc(labels, scores, threshold=0.5):
    pred = (scores >= threshold).astype(int)
    m = np.zeros((2, 2), dtype=int)
    m[labels, pred] += 1
    p, q = scores[labels == 1], scores[labels == 0]
    if p.size * q.size == 0:
        return m, np.nan
    wins = (p[:, None] > q[None]).mean() + 0.5 * (p[:, None] == q[None]).mean()
    return m, float(wins)
