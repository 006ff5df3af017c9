"""exercise: adam_step
belief: The correction uses the number of steps made before this one (at least 1, so as not to divide by zero), and t is counted up at the end.
"""

import numpy as np


def adam_step(param, grad, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    first, second, t = state
    first = beta1 * first + (1 - beta1) * grad
    second = beta2 * second + (1 - beta2) * grad * grad

    power = max(t, 1)
    correct1 = 1 - beta1**power
    correct2 = 1 - beta2**power
    direction = first / correct1
    length = np.sqrt(second / correct2) + eps
    new_param = param - lr * direction / length

    t += 1
    return new_param, (first, second, t)
