"""exercise: nesterov_step
belief: The look-ahead point is theta plus beta times the velocity.
"""

import numpy as np


def nesterov_step(param, gradient, velocity, lr=0.01, beta=0.9):
    lookahead = param + beta * velocity
    g = gradient(lookahead)
    m = beta * velocity + lr * g
    theta = param - m
    return theta, m
