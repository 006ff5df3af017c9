"""exercise: lora_start
belief: The matrix whose gradient is zero is the one that was zero.
teacher: It is the other one: A's gradient goes through B and vanishes if B is zero; B's gradient holds A x and vanishes if A is zero.
"""

import numpy as np


def lora_start(change, d_down, d_up):
    names = []
    for c, gd, gu in zip(change, d_down, d_up):
        down_zero = not np.any(gd)
        up_zero = not np.any(gu)
        if down_zero and up_zero:
            names.append("both")
        elif down_zero:
            names.append("down")
        elif up_zero:
            names.append("up")
        else:
            names.append("neither")
    return names
