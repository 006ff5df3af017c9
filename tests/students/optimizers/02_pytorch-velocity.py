"""exercise: momentum_step
belief: The velocity collects raw gradients and the learning rate multiplies it when the step is made, as in torch.optim.SGD.
"""

import numpy as np


def momentum_step(param, grad, velocity, lr=0.01, beta=0.9):
    # buf.mul_(momentum).add_(grad)
    buf = velocity * beta
    buf = buf + grad
    # p.add_(buf, alpha=-lr)
    p = param - lr * buf
    return p, buf
