"""exercise: adadelta_step
belief: The place of epsilon does not matter, so it stands outside the roots as in AdaGrad.
"""

import numpy as np


def adadelta_step(param, grad, state, rho=0.95, eps=1e-6):
    Eg2, Edx2 = state
    Eg2 = rho * Eg2 + (1 - rho) * grad**2
    rms_g = np.sqrt(Eg2) + eps
    rms_dx = np.sqrt(Edx2) + eps
    dx = -(rms_dx / rms_g) * grad
    Edx2 = rho * Edx2 + (1 - rho) * dx**2
    return param + dx, (Eg2, Edx2)
