"""exercise: vae_elbo
belief: log p(x | z) is minus half the squared error; constants do not matter.
"""

import numpy as np


def vae_elbo(x, mu, log_var, w, b, eps):
    L, N, K = eps.shape
    D = x.shape[1]
    reconstruction, kl = 0.0, 0.0
    dmu = np.zeros(mu.shape, dtype=x.dtype)
    dlog_var = np.zeros(mu.shape, dtype=x.dtype)
    for n in range(N):
        sigma = np.exp(log_var[n] / 2)
        for l in range(L):
            z = mu[n] + sigma * eps[l, n]
            gap = x[n] - (w @ z + b)
            reconstruction += - 0.5 * float(gap @ gap)
            pull = w.T @ gap
            dmu[n] += pull / L
            dlog_var[n] += pull * eps[l, n] * sigma / 2 / L
        for k in range(K):
            kl += 0.5 * float(mu[n, k] ** 2 + sigma[k] ** 2 - log_var[n, k] - 1)
        dmu[n] -= mu[n]
        dlog_var[n] -= 0.5 * (sigma**2 - 1)
    return float(reconstruction / (L * N)), kl / N, dmu / N, dlog_var / N
