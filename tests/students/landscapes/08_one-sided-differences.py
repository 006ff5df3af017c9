"""exercise: numerical_hessian
belief: A derivative is (g(x+h) - g(x)) / h; made symmetric afterwards.
"""

import numpy as np


def numerical_hessian(gradient, x, h=1e-4):
    g0 = gradient(x)
    n = x.size
    H = np.zeros((n, n))
    for j in range(n):
        xp = x.copy()
        xp[j] += h
        H[:, j] = (gradient(xp) - g0) / h
    return 0.5 * (H + H.T)
