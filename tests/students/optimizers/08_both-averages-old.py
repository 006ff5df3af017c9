"""exercise: adadelta_step
belief: Delta is computed from the state that came in, and both averages are brought up to date afterwards.
"""

import numpy as np


def adadelta_step(param, grad, state, rho=0.95, eps=1e-6):
    s, d = state

    def rms(a):
        return np.sqrt(a + eps)

    delta = rms(d) / rms(s) * grad
    new_state = (
        rho * s + (1 - rho) * grad * grad,
        rho * d + (1 - rho) * delta * delta,
    )
    return param - delta, new_state
