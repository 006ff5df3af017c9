"""exercise: adam_step
belief: Bias correction replaces the moments, so the corrected m and s are what the next step continues from.
"""

import numpy as np


def adam_step(param, grad, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, s, t = state
    t = t + 1

    # update the moments
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * np.square(grad)

    # bias correction
    m = m / (1 - beta1**t)
    s = s / (1 - beta2**t)

    param = param - lr * m / (np.sqrt(s) + eps)
    return param, (m, s, t)
