"""exercise: confusion_and_auc
belief: A double argsort gives the ranks for the Mann-Whitney formula, and equal scores need no further care.
"""

import numpy as np


def confusion_and_auc(labels, scores, threshold=0.5):
    called = (scores >= threshold).astype(int)
    confusion = np.zeros((2, 2), dtype=int)
    for truth, verdict in zip(labels, called):
        confusion[truth, verdict] += 1

    n_pos = int(np.sum(labels == 1))
    n_neg = int(np.sum(labels == 0))
    if n_pos == 0 or n_neg == 0:
        return confusion, float("nan")
    ranks = np.argsort(np.argsort(scores)) + 1
    u = ranks[labels == 1].sum() - n_pos * (n_pos + 1) / 2
    return confusion, float(u / (n_pos * n_neg))
