"""exercise: adagrad_step
belief: AdaGrad divides by the length of all gradients so far, so s collects the squared norm of the whole gradient.
"""

import numpy as np


def adagrad_step(param, grad, s, lr=0.01, eps=1e-8):
    norm_squared = np.sum(np.square(grad))
    s_new = s + norm_squared
    s_new = s_new.astype(param.dtype)
    scale = lr / np.sqrt(s_new + eps)
    return (param - scale * grad).astype(param.dtype), s_new
