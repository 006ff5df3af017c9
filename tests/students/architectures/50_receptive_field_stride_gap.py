"""exercise: receptive_field
belief: A layer whose stride is larger than its window covers the skipped pixels too, so it
counts as a window of the stride's size.
"""

import numpy as np


def receptive_field(layers):
    field, jump = 1, 1
    fields, jumps = [], []
    for window, stride in layers:
        field += (max(window, stride) - 1) * jump
        jump *= stride
        fields.append(field)
        jumps.append(jump)
    return fields, jumps
