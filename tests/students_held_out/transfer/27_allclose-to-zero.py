"""exercise: lora_start
belief: A gradient is zero if np.allclose says so.
teacher: Zeros in the log are exact, and gradients may be as small as 1e-9; allclose takes all below 1e-8 for zero.
"""

import numpy as np


def lora_start(change, d_down, d_up):
    zero = lambda a: bool(np.allclose(a, 0))
    table = {(False, False): "neither", (True, False): "up", (False, True): "down", (True, True): "both"}
    return [table[zero(d_down[k]), zero(d_up[k])] for k in range(len(change))]
