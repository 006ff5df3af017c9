"""exercise: masked_update
belief: A parameter is frozen when its gradient is set to zero.
teacher: Weight decay and the momentum that is left still move it; keep theta and m exactly.
"""

import numpy as np


def masked_update(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    new_params, new_momentum = [], []
    for i, (theta, g, m) in enumerate(zip(params, grads, momentum)):
        if i in frozen:
            g = np.zeros_like(theta)
        m = beta * m + g + decay * theta
        new_momentum.append(m)
        new_params.append(theta - lr * m)
    return new_params, new_momentum
