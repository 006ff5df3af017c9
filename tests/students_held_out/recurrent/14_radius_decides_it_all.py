"""exercise: bptt_gradient_norms
belief: If the spectral radius is below 1 gradients vanish, above 1 they can explode.
"""

import numpy as np


def bptt_gradient_norms(hs, w):
    s = np.linalg.norm(w, 2)
    radius = np.max(np.abs(np.linalg.eigvals(w)))
    J, norms = np.eye(len(w)), [1.0]
    for h in hs[:0:-1]:
        J = J @ (np.diag(1 - h * h) @ w)
        norms.append(np.linalg.norm(J, 2))
    fate = "vanishes" if radius < 1 else "can explode" if radius > 1 else "undecided"
    return np.array(norms), s ** np.arange(len(hs)), fate
