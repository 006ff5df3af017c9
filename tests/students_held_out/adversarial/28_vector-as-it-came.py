"""exercise: spectral_norm
belief: The u that was given is returned for the next step; the iteration works on a copy.
"""

import numpy as np


def spectral_norm(w, u, steps=1):
    # torch.nn.utils.spectral_norm, compute_weight
    normalize = lambda t: t / np.sqrt(np.square(t).sum())
    weight_mat = np.reshape(w, (w.shape[0], int(np.prod(w.shape[1:]))))
    u_now = u
    for _ in range(steps):
        v_now = normalize(np.einsum("fd,f->d", weight_mat, u_now))
        u_now = normalize(np.einsum("fd,d->f", weight_mat, v_now))
    sigma = np.einsum("f,fd,d->", u_now, weight_mat, v_now)
    return (w / sigma).astype(w.dtype), float(sigma), u.astype(w.dtype)
