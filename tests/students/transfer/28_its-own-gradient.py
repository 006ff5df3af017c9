"""exercise: lora_start
belief: The matrix whose gradient is zero was zero.
teacher: It is the other way round: the gradient of A has B as a factor, so if it vanishes B was zero.
"""

import numpy as np


def lora_start(change, d_down, d_up):
    table = {(True, True): "both", (True, False): "down", (False, True): "up"}
    a_zero = ~d_down.any(axis=(1, 2))
    b_zero = ~d_up.any(axis=(1, 2))
    return [table.get((bool(a), bool(b)), "neither") for a, b in zip(a_zero, b_zero)]
