"""exercise: adam_step
belief: The bias-corrected moments are the true ones, so these are carried over to the next step.
"""

import numpy as np


def adam_step(param, grad, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.square(grad)
    m = m / (1 - beta1**t)
    v = v / (1 - beta2**t)
    param = param - lr * m / (np.sqrt(v) + eps)
    return param, (m, v, t)
