"""exercise: rbm_energy
belief: The units of a Boltzmann machine are 0 or 1, so gray values have to be made binary first.
"""

import numpy as np


def rbm_energy(x, h, w, b, d):
    v = (x > 0.5).astype(x.dtype)
    return -(np.einsum("nv,vh,nh->n", v, w, h) + np.einsum("nv,v->n", v, b) + np.einsum("nh,h->n", h, d))
