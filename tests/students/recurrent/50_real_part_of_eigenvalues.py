"""exercise: bptt_gradient_norms
belief: The spectral radius is the largest absolute value among the real parts of the eigenvalues.
"""

import numpy as np


def bptt_gradient_norms(hs, w):
    T, H = hs.shape
    sigma = np.linalg.norm(w, 2)
    rho = np.max(np.abs(np.linalg.eigvals(w).real))
    J = np.eye(H)
    norms = [1.0]
    for k in range(1, T):
        slope = 1 - hs[T - k] ** 2
        J = J @ (slope[:, None] * w)
        norms.append(np.linalg.norm(J, 2))
    bounds = sigma ** np.arange(T)
    if sigma < 1:
        fate = "vanishes"
    elif rho > 1:
        fate = "can explode"
    else:
        fate = "undecided"
    return np.array(norms), bounds, fate
