"""exercise: vae_elbo
belief: Each image's gradient is that of its own bound, so nothing is divided by N.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def vae_elbo(
    x: Array, mu: Array, log_var: Array, w: Array, b: Array, eps: Array
) -> tuple[float, float, Array, Array]:
    draws, count, _ = eps.shape
    pixels = x.shape[1]
    reconstruction, kl = 0.0, 0.0
    dmu, dlog_var = np.zeros_like(mu), np.zeros_like(log_var)
    for n in range(count):
        sigma = np.exp(log_var[n] / 2)
        for e in eps[:, n]:
            z = mu[n] + sigma * e
            gap = x[n] - (w @ z + b)
            reconstruction += -pixels / 2 * np.log(2 * np.pi) - 0.5 * float(gap @ gap)
            dz = w.T @ gap / draws
            dmu[n] += dz
            dlog_var[n] += dz * e * sigma / 2
        kl += 0.5 * float(np.sum(mu[n] ** 2 + sigma**2 - log_var[n] - 1))
        dmu[n] -= mu[n]
        dlog_var[n] -= (sigma**2 - 1) / 2
    dtype = x.dtype
    dmu, dlog_var = dmu.astype(dtype), dlog_var.astype(dtype)
    return float(reconstruction / (count * draws)), kl / count, dmu, dlog_var
