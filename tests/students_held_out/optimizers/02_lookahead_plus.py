"""exercise: nesterov_step
belief: Looking ahead means adding the momentum term to the parameters, as the papers write it: theta + beta * velocity.
"""

import numpy as np


def nesterov_step(param, gradient, velocity, lr=0.01, beta=0.9):
    lookahead = param + beta * velocity
    g = gradient(lookahead)
    velocity_new = beta * velocity + lr * g
    param_new = param - velocity_new
    return param_new.astype(param.dtype), velocity_new.astype(param.dtype)
