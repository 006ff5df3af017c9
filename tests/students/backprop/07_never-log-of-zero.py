"""exercise: negative_log_likelihood
belief: A probability must be kept away from zero before the logarithm, or the loss would be infinite.
"""

import numpy as np


def negative_log_likelihood(probabilities, labels):
    eps = 1e-12
    p = np.clip(probabilities.astype(np.float64), eps, 1.0)
    nll = 0.0
    for n, c in enumerate(labels):
        nll -= np.log(p[n, c])
    return float(nll)
