"""exercise: normal_equation
belief: The normal equation is (X^T X)^-1 X^T y and X^T X can always be inverted.
"""

import numpy as np


def normal_equation(x, y, rcond=1e-6):
    return np.linalg.inv(x.T @ x) @ x.T @ y
