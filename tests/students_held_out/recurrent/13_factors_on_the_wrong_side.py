"""exercise: bptt_gradient_norms
belief: Each step further back multiplies its Jacobian from the left.
"""

import numpy as np


def bptt_gradient_norms(hs, w):
    T = hs.shape[0]
    H = hs.shape[1]
    product = np.identity(H)
    norms = np.zeros(T)
    bounds = np.zeros(T)
    biggest_w = max(np.linalg.svd(w)[1])
    for k in range(T):
        norms[k] = max(np.linalg.svd(product)[1])
        bounds[k] = biggest_w**k
        t = T - 1 - k
        one_step = np.dot(np.diag(1 - hs[t] ** 2), w)
        product = np.dot(one_step, product)
    radius = max(abs(value) for value in np.linalg.eigvals(w))
    fate = "undecided"
    if radius > 1:
        fate = "can explode"
    if biggest_w < 1:
        fate = "vanishes"
    return norms, bounds, fate
