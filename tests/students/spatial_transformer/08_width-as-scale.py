"""exercise: crop_theta
belief: The scale is the width of the window, right minus left.
"""

import numpy as np


def crop_theta(left, top, right, bottom):
    width = right - left
    height = bottom - top
    centre_x = left + width / 2
    centre_y = top + height / 2
    zero = 0 * left
    row_x = np.stack((width, zero, centre_x), axis=-1)
    row_y = np.stack((zero, height, centre_y), axis=-1)
    return np.stack((row_x, row_y), axis=-2).astype(left.dtype)
