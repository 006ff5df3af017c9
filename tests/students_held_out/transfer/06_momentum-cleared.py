"""exercise: masked_update
belief: What is frozen has no momentum, so its momentum is set to zero.
teacher: A frozen parameter keeps its momentum exactly, so that it goes on from there when the layer is thawed.
"""

import numpy as np


def masked_update(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = set(frozen)

    def step(k):
        theta, g, m = params[k], grads[k], momentum[k]
        if k in still:
            return theta.copy(), np.zeros_like(m)
        m = beta * m + (g + decay * theta)
        return theta - lr * m, m

    pairs = [step(k) for k in range(len(params))]
    return [p for p, _ in pairs], [m for _, m in pairs]
