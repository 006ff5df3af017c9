"""exercise: spectral_norm
belief: sigma is u^T M v with the u that the step began with, since v was made from it.
"""

import math

import numpy as np


def spectral_norm(w, u, steps=1):
    rows = len(w)
    matrix = np.zeros((rows, w.size // rows), dtype=w.dtype)
    for f in range(rows):
        matrix[f] = w[f].ravel()
    u_new = np.array(u, dtype=w.dtype)
    for step in range(steps):
        first = u_new / math.sqrt(float(np.sum(u_new ** 2)))
        v = np.dot(matrix.T, u_new)
        v = v / math.sqrt(float(np.sum(v * v)))
        u_new = np.dot(matrix, v)
        u_new = u_new / math.sqrt(float(np.sum(u_new * u_new)))
    sigma = float(np.dot(first, np.dot(matrix, v)))
    return w / w.dtype.type(sigma), sigma, u_new
