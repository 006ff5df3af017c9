"""exercise: ema_update
belief: A young average is repaired as in Adam: keep the share `decay` fixed and divide the result by 1 - decay**(t+1).
"""

import numpy as np


def ema_update(average, param, t, decay=0.999):
    steps = t + 1
    average = decay * average + (1 - decay) * param
    bias = 1 - decay**steps
    return average / bias, steps
