"""exercise: confusion_and_auc
belief: Positive is a score greater than the threshold.
"""

import numpy as np


def confusion_and_auc(labels, scores, threshold=0.5):
    pred = scores > threshold
    tn = int(np.sum(~pred & (labels == 0)))
    fp = int(np.sum(pred & (labels == 0)))
    fn = int(np.sum(~pred & (labels == 1)))
    tp = int(np.sum(pred & (labels == 1)))
    pos, neg = scores[labels == 1], scores[labels == 0]
    if len(pos) == 0 or len(neg) == 0:
        return np.array([[tn, fp], [fn, tp]]), float("nan")
    total = 0.0
    for p in pos:
        total += np.sum(p > neg) + 0.5 * np.sum(p == neg)
    return np.array([[tn, fp], [fn, tp]]), total / (len(pos) * len(neg))
