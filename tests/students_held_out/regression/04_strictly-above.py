"""exercise: confusion_and_auc
belief: A sample is positive if its score is larger than the threshold.
"""

import numpy as np


def confusion_and_auc(labels, scores, threshold=0.5):
    called = scores > threshold
    truth = labels == 1
    tn = np.sum(~truth & ~called)
    fp = np.sum(~truth & called)
    fn = np.sum(truth & ~called)
    tp = np.sum(truth & called)
    confusion = np.array([[tn, fp], [fn, tp]])
    n_pos, n_neg = truth.sum(), (~truth).sum()
    if n_pos == 0 or n_neg == 0:
        return confusion, float("nan")
    auc = 0.0
    for p in scores[truth]:
        auc += np.sum(p > scores[~truth]) + 0.5 * np.sum(p == scores[~truth])
    return confusion, float(auc / (n_pos * n_neg))
