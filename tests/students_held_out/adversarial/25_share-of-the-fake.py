"""exercise: gradient_penalty
belief: The place is real + u (fake - real), so u is how far one has gone towards the fake.
"""

import numpy as np


def gradient_penalty(w, b, v, real, fake, u):
    H, D = w.shape
    dw, db, dv = np.zeros((H, D)), np.zeros(H), np.zeros(H)
    penalty = 0.0
    N = len(u)
    for n in range(N):
        place = real[n] + u[n] * (fake[n] - real[n])
        h = np.tanh(np.dot(w, place) + b)
        slope = 1 - h * h
        g = np.zeros(D)
        for j in range(H):
            g += v[j] * slope[j] * w[j]
        length = float(np.sqrt(np.dot(g, g)))
        penalty += (length - 1) ** 2 / N
        if length == 0:
            continue
        dg = 2 * (length - 1) / N * g / length
        for j in range(H):
            along = float(np.dot(dg, w[j]))
            dv[j] += along * slope[j]
            dz = along * v[j] * (-2 * h[j] * slope[j])
            db[j] += dz
            dw[j] += dz * place + v[j] * slope[j] * dg
    return float(penalty), dw.astype(w.dtype), db.astype(w.dtype), dv.astype(w.dtype)
