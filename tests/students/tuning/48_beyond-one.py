"""exercise: accuracy_interval
belief: The formula's interval is the answer, wherever it ends.
"""

import numpy as np


def accuracy_interval(predicted, labels, z=1.96):
    p = float(np.mean(predicted == labels))
    se = float(np.sqrt(p * (1 - p) / len(labels)))
    return p, se, p - z * se, p + z * se
