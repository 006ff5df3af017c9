"""exercise: vae_elbo
belief: The variance appears in the KL only, so its gradient comes from there; the reconstruction sees z.
"""

import numpy as np


def vae_elbo(x, mu, log_var, w, b, eps):
    n = len(x)
    sigma = np.exp(log_var / 2)
    z = mu[None] + sigma[None] * eps
    r = x[None] - np.einsum("lnk,dk->lnd", z, w) - b
    rec = np.mean(np.sum(-(r**2) / 2 - np.log(2 * np.pi) / 2, axis=2))
    kl = np.mean(np.sum(mu**2 + sigma**2 - log_var - 1, axis=1)) / 2
    back = np.einsum("lnd,dk->lnk", r, w)
    dmu = (back.mean(axis=0) - mu) / n
    dlv = (1 - sigma**2) / (2 * n)
    return float(rec), float(kl), dmu.astype(x.dtype), dlv.astype(x.dtype)
