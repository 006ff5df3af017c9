"""exercise: adadelta_step
belief: Epsilon only guards against division by zero, so it may be added outside the root in the denominator and is not needed in the numerator's root.
"""

import numpy as np


def adadelta_step(param, grad, state, rho=0.95, eps=1e-6):
    s, d = state
    s = rho * s + (1 - rho) * grad**2
    rms_grad = np.sqrt(s) + eps
    rms_step = np.sqrt(d) + eps
    delta = rms_step / rms_grad * grad
    d = rho * d + (1 - rho) * delta**2
    return param - delta, (s, d)
