"""exercise: masked_update
belief: What is frozen has no momentum, so m is set to zero.
teacher: m is kept exactly, so that the layer goes on from there when it is thawed.
"""

import numpy as np


def masked_update(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    new_params, new_momentum = [], []
    for i in range(len(params)):
        theta, m = params[i], momentum[i]
        if i in frozen:
            new_params.append(theta.copy())
            new_momentum.append(np.zeros_like(m))
            continue
        moved = beta * m + (grads[i] + decay * theta)
        new_momentum.append(moved.astype(m.dtype))
        new_params.append((theta - lr * moved).astype(theta.dtype))
    return new_params, new_momentum
