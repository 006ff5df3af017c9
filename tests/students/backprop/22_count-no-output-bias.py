"""exercise: parameter_count
belief: The output layer only adds up what the hidden units send, so it has weights but no biases.
"""

import numpy as np


def parameter_count(sizes):
    total = 0
    last = len(sizes) - 1
    for k in range(1, len(sizes)):
        total += sizes[k - 1] * sizes[k]
        if k != last:
            total += sizes[k]
    return int(total)
