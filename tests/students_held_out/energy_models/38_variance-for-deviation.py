"""exercise: vae_elbo
belief: sigma is exp(log_var).
"""

import math

import numpy as np


def vae_elbo(x, mu, log_var, w, b, eps):
    # reparameterize(), as in pytorch/examples/vae
    L, N, K = eps.shape
    D = x.shape[1]
    std = np.exp(log_var)
    z = mu + eps * std
    recon_x = z @ w.T + b
    err = x - recon_x
    log_px = -0.5 * (err**2).sum(-1) - 0.5 * D * math.log(2 * math.pi)
    kld = -0.5 * np.sum(1 + log_var - mu**2 - np.exp(log_var)) / N
    dz = (err @ w) / (L * N)
    dmu = dz.sum(0) - mu / N
    dlog_var = (dz * eps * std * 1.0).sum(0) - 0.5 * (np.exp(log_var) - 1) / N
    return float(log_px.mean()), float(kld), dmu.astype(x.dtype), dlog_var.astype(x.dtype)
