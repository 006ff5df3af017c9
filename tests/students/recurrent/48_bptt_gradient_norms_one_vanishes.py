"""exercise: bptt_gradient_norms
belief: If the largest singular value is not above 1, nothing can grow, so gradients vanish.
"""

import numpy as np


def bptt_gradient_norms(hs, w):
    T = hs.shape[0]
    sigma = np.linalg.svd(w)[1].max()
    rho = np.max(np.abs(np.linalg.eigvals(w)))
    norms = np.empty(T)
    jac = np.identity(w.shape[0])
    for k in range(T):
        norms[k] = np.linalg.svd(jac)[1].max()
        jac = np.einsum("ij,j,jk->ik", jac, 1 - hs[T - 1 - k] ** 2, w)
    if rho > 1:
        fate = "can explode"
    elif sigma <= 1:
        fate = "vanishes"
    else:
        fate = "undecided"
    return norms, sigma ** np.arange(T), fate
