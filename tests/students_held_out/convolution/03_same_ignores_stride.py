"""exercise: same_padding
belief: SAME padding is kernel - 1 zeros in all, whatever the stride.
"""

import numpy as np


def same_padding(size, kernel, stride=1):
    pad_total = max(kernel - 1, 0)
    before = pad_total // 2
    after = pad_total - before
    return before, after
