"""exercise: frozen_features
belief: The last layer has no ReLU, as in any net.
teacher: These are features, and the head comes later: every layer has its ReLU, the last one too.
"""

import numpy as np


def frozen_features(x, mean, std, layers, eps=1e-05):
    out = []
    for row in x:
        h = np.empty(len(row))
        for i in range(len(row)):
            h[i] = row[i] - mean[i]
            if std[i] != 0:
                h[i] /= std[i]
        for number, (w, b, gamma, beta, m, v) in enumerate(layers, 1):
            z = (w @ h + b - m) / np.sqrt(v + eps)
            h = gamma * z + beta
            if number < len(layers):
                h = np.maximum(0, h)
        out.append(h)
    return np.array(out).astype(x.dtype)
