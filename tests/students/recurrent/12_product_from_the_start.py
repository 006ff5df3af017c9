"""exercise: bptt_gradient_norms
belief: J_k multiplies the Jacobians of the first k steps.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def bptt_gradient_norms(hs: Array, w: Array) -> tuple[Array, Array, str]:
    steps, hidden = hs.shape
    sigma = np.linalg.svd(w, compute_uv=False)[0]
    rho = np.abs(np.linalg.eigvals(w)).max()
    jacobian = np.eye(hidden, dtype=w.dtype)
    norms, bounds = [1.0], [1.0]
    for k in range(1, steps):
        state = hs[k]
        jacobian = jacobian @ np.diag(1 - state**2) @ w
        norms.append(np.linalg.svd(jacobian, compute_uv=False)[0])
        bounds.append(sigma**k)
    if sigma < 1:
        fate = "vanishes"
    elif rho > 1:
        fate = "can explode"
    else:
        fate = "undecided"
    return np.array(norms, dtype=w.dtype), np.array(bounds, dtype=w.dtype), fate
