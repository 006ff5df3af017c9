"""exercise: update_ratios
belief: The update-to-weight ratio is the ratio of the two standard deviations.
"""

import numpy as np


def update_ratios(weights, grads, rate):
    out = np.zeros(len(weights), dtype=weights[0].dtype)
    for i in range(len(weights)):
        out[i] = (rate * grads[i]).std() / weights[i].std()
    return out
