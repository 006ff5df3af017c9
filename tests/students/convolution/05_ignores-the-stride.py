"""exercise: same_padding
belief: SAME padding always adds kernel - 1 zeros in all, whatever the stride.
"""

import numpy as np


def same_padding(size, kernel, stride=1):
    total = max(kernel - 1, 0)
    left = int(np.floor(total / 2))
    right = int(np.ceil(total / 2))
    return left, right
