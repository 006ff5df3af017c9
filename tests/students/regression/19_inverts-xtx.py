"""exercise: normal_equation
belief: The formula with the inverse, as it stands.
"""

import numpy as np


def normal_equation(x, y, rcond=1e-6):
    xtx = x.T.dot(x)
    return np.linalg.inv(xtx).dot(x.T).dot(y)
