"""exercise: confusion_and_auc
belief: A pair counts if the positive score is higher.
"""

import numpy as np


def confusion_and_auc(labels, scores, threshold=0.5):
    confusion = np.zeros((2, 2), dtype=int)
    for t, s in zip(labels, scores):
        confusion[t, int(s >= threshold)] += 1
    wins = pairs = 0
    for i in range(len(labels)):
        for j in range(len(labels)):
            if labels[i] == 1 and labels[j] == 0:
                pairs += 1
                if scores[i] > scores[j]:
                    wins += 1
    return confusion, wins / pairs if pairs else float("nan")
