"""exercise: lora_forward
belief: The factor is alpha over the root of r, which keeps the variance the same.
teacher: That is a later variant (rsLoRA); here it is alpha / r.
"""

import math

import numpy as np


def lora_forward(x, w, b, down, up, alpha):
    F, D = w.shape
    r = down.shape[0]
    factor = float(alpha) / math.sqrt(r)
    merged = np.zeros((F, D), dtype=x.dtype)
    for i in range(F):
        for j in range(D):
            path = 0.0
            for k in range(r):
                path += up[i, k] * down[k, j]
            merged[i, j] = w[i, j] + factor * path
    y = np.zeros((len(x), F), dtype=x.dtype)
    for n in range(len(x)):
        y[n] = merged @ x[n] + b
    return y, merged, r * D + F * r
