"""exercise: lora_start
belief: Numbers below 1e-8 count as zero, since floats are never exact.
teacher: Zeros in the log are exact; a small gradient of a small random start is not zero.
"""

import numpy as np


def lora_start(change, d_down, d_up):
    names = []
    for k in range(len(change)):
        up_zero = np.allclose(d_down[k], 0)
        down_zero = np.allclose(d_up[k], 0)
        if up_zero and down_zero:
            names.append("both")
        elif up_zero:
            names.append("up")
        elif down_zero:
            names.append("down")
        else:
            names.append("neither")
    return names
