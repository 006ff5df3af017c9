"""exercise: rbm_joint
belief: Energies are clipped to the range in which exp does not overflow; states beyond it are the
same to all purposes.
"""

import numpy as np


def rbm_joint(w, b, d):
    V, H = w.shape
    X, Hs = binary_states(V), binary_states(H)
    E = -(X @ w @ Hs.T) - (X @ b).reshape(-1, 1) - (Hs @ d).reshape(1, -1)
    E = np.clip(E, -600, 600)
    boltzmann = np.exp(-E)
    Z = boltzmann.sum()
    return (boltzmann / Z).astype(w.dtype), float(np.log(Z))
