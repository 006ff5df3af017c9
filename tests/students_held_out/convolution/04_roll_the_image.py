"""exercise: translate
belief: Shifting an image is what np.roll does.
"""

import numpy as np


def translate(x, down, right):
    shifted = np.roll(x, shift=down, axis=2)
    shifted = np.roll(shifted, shift=right, axis=3)
    return shifted
