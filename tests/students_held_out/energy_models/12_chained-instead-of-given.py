"""exercise: rbm_conditionals
belief: The visible probabilities come from the hidden probabilities that were just computed, as in a reconstruction.
"""

import numpy as np


def rbm_conditionals(x, h, w, b, d):
    sigmoid = lambda t: np.exp(-np.logaddexp(0, -t))
    p_h = sigmoid(np.matmul(x, w) + d)
    p_x = sigmoid(np.matmul(p_h, w.T) + b)
    return p_h.astype(x.dtype), p_x.astype(x.dtype)
