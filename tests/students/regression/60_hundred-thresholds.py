"""exercise: confusion_and_auc
belief: A hundred evenly spaced thresholds draw the ROC curve finely enough.
"""

import numpy as np


def confusion_and_auc(labels, scores, threshold=0.5):
    called = (scores >= threshold).astype(int)
    matrix = np.zeros((2, 2), dtype=int)
    for truth, verdict in zip(labels, called):
        matrix[int(truth), verdict] += 1
    pos, neg = scores[labels == 1], scores[labels == 0]
    if not len(pos) or not len(neg):
        return matrix, float("nan")
    cuts = np.concatenate([[np.inf], np.linspace(scores.max(), scores.min(), 101)])
    tpr = np.array([np.mean(pos >= c) for c in cuts])
    fpr = np.array([np.mean(neg >= c) for c in cuts])
    auc = np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2)
    return matrix, float(auc)
