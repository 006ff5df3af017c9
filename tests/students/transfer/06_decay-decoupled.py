"""exercise: masked_update
belief: Weight decay is taken off the parameter itself, as in AdamW, and does not enter the momentum.
teacher: Here the decay is added to the gradient, so it goes through m.
"""

import numpy as np


def masked_update(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = set(frozen)
    new = []
    for i, (theta, g, m) in enumerate(zip(params, grads, momentum)):
        if i in still:
            new.append((theta.copy(), m.copy()))
        else:
            v = (beta * m + g).astype(m.dtype)
            new.append(((theta - lr * v - lr * decay * theta).astype(theta.dtype), v))
    return [theta for theta, _ in new], [m for _, m in new]
