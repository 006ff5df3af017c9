"""exercise: receptive_field
belief: A window of k pixels adds k pixels to what is seen.
teacher: One pixel of the window is seen already: k - 1 steps between neighbours are added.
"""

import numpy as np


def receptive_field(layers):
    fields = []
    jumps = []
    for n in range(1, len(layers) + 1):
        # jump behind layer n: product of the strides
        jump = 1
        seen = 1
        for i in range(n):
            seen = seen + (layers[i][0]) * jump
            jump = jump * layers[i][1]
        fields.append(seen)
        jumps.append(jump)
    return fields, jumps
