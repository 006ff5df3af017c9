"""exercise: crop_theta
belief: y runs upwards, so top is the larger number and the half height is (top - bottom)/2.
"""

import numpy as np


def crop_theta(left, top, right, bottom):
    N = len(left)
    theta = np.zeros((N, 2, 3), dtype=left.dtype)
    for n in range(N):
        theta[n, 0, 0] = (right[n] - left[n]) / 2
        theta[n, 0, 2] = (right[n] + left[n]) / 2
        theta[n, 1, 1] = (top[n] - bottom[n]) / 2
        theta[n, 1, 2] = (top[n] + bottom[n]) / 2
    return theta
