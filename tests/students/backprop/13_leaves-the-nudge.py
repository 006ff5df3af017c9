"""exercise: numerical_gradient
belief: Nudging an entry up by h and then down by h, on one running copy, is enough before going on to the next entry.
"""

import numpy as np


def numerical_gradient(f, x, h=1e-5):
    work = x.copy()
    gradient = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        work[index] = work[index] + h
        up = f(work.copy())
        work[index] = work[index] - h
        work[index] = work[index] - h
        down = f(work.copy())
        # the next entry starts from here
        gradient[index] = (up - down) / (2 * h)
    return gradient
