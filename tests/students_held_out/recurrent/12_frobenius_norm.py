"""exercise: bptt_gradient_norms
belief: np.linalg.norm of a matrix is its largest singular value.
"""

import numpy as np


def bptt_gradient_norms(hs, w):
    T, H = hs.shape
    sigma = np.linalg.svd(w, compute_uv=False)[0]
    J = np.eye(H)
    norms = []
    for k in range(T):
        norms.append(np.linalg.norm(J))
        J = J @ ((1 - hs[T - 1 - k] ** 2)[:, None] * w)
    bounds = float(sigma) ** np.arange(T)
    rho = np.abs(np.linalg.eigvals(w)).max()
    if sigma < 1:
        fate = "vanishes"
    elif rho > 1:
        fate = "can explode"
    else:
        fate = "undecided"
    return np.array(norms), bounds, fate
