"""exercise: masked_update
belief: Weight decay shrinks the parameter directly, beside the gradient step, as in AdamW.
teacher: Here the decay is added to the gradient and goes into the momentum with it.
"""

import numpy as np


def masked_update(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    out_p = [np.array(p) for p in params]
    out_m = [np.array(m) for m in momentum]
    for i in range(len(params)):
        if i not in frozen:
            out_m[i] = beta * momentum[i] + grads[i]
            out_p[i] = params[i] - lr * out_m[i] - lr * decay * params[i]
    return out_p, out_m
