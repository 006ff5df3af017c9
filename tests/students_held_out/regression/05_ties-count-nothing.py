"""exercise: confusion_and_auc
belief: Only pairs in which the positive sample scores strictly higher count; a tie is a loss.
"""

import numpy as np


def confusion_and_auc(labels, scores, threshold=0.5):
    pred = (scores >= threshold).astype(int)
    cm = np.zeros((2, 2), dtype=int)
    for t, p in zip(labels, pred):
        cm[t, p] += 1
    pos = scores[labels == 1]
    neg = scores[labels == 0]
    if len(pos) == 0 or len(neg) == 0:
        return cm, float("nan")
    auc = (pos[:, None] > neg[None, :]).sum() / (len(pos) * len(neg))
    return cm, float(auc)
