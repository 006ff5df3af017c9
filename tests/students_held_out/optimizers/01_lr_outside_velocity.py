"""exercise: momentum_step
belief: The velocity accumulates plain gradients, and the learning rate multiplies the velocity only when the parameters move.
"""

import numpy as np


def momentum_step(param, grad, velocity, lr=0.01, beta=0.9):
    velocity = beta * velocity + grad
    param = param - lr * velocity
    return param, velocity
