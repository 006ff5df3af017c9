"""exercise: memory_weights
belief: A candidate of step t has passed the forget gates of steps t to T.
"""

import numpy as np


def memory_weights(f, i):
    T = len(f)
    steps = np.array([i[t] * np.prod(f[t:], axis=0) for t in range(T)])
    return np.prod(f, axis=0), steps
