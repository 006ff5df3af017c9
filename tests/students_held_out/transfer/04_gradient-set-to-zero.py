"""exercise: masked_update
belief: A parameter is frozen by setting its gradient to zero.
teacher: Weight decay and what the momentum holds from before still move it; leave parameter and momentum alone altogether.
"""

import numpy as np


def masked_update(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    new_params, new_momentum = [], []
    for k, (p, g, m) in enumerate(zip(params, grads, momentum)):
        if k in frozen:
            g = np.zeros_like(p)
        d_p = g + decay * p
        buf = beta * m + d_p
        new_params.append(p - lr * buf)
        new_momentum.append(buf)
    return new_params, new_momentum
