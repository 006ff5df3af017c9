"""exercise: nesterov_step
belief: It is enough to take the gradient where we stand and add the velocity's next share to the step, as torch's nesterov=True does.
"""

import numpy as np


def nesterov_step(param, gradient, velocity, lr=0.01, beta=0.9):
    d_p = gradient(param)
    new_velocity = beta * velocity + lr * d_p
    step = lr * d_p + beta * new_velocity
    return param - step, new_velocity
