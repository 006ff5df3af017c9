"""exercise: translate
belief: np.roll moves the content, and the pixels that leave on one side come back on the other.
"""

import numpy as np


def translate(x, down, right):
    moved = np.roll(x, shift=down, axis=-2)
    moved = np.roll(moved, shift=right, axis=-1)
    return moved
