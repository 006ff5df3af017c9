"""exercise: negative_log_likelihood
belief: The likelihood also has the factors 1 - p of the classes that did not happen.
"""

import numpy as np


def negative_log_likelihood(probabilities, labels):
    N, K = probabilities.shape
    one_hot = np.eye(K)[labels]
    happened = np.where(one_hot == 1, probabilities, 1.0 - probabilities)
    with np.errstate(divide="ignore"):
        return float(-np.log(happened).sum())
