"""exercise: robustness_curve
belief: order says for each weight in which place it dies, so the weights whose entry is below the number go.
"""

import numpy as np


def robustness_curve(w, x, labels, fractions, orders):
    K, D = w.shape
    curve = []
    for fraction in fractions:
        k = round(fraction * w.size)
        shares = []
        for order in orders:
            damaged = np.where(order.reshape(K, D) < k, 0, w)
            shares.append(np.mean(np.argmax(x @ damaged.T, axis=1) == labels))
        curve.append(np.mean(shares))
    return np.array(curve)
