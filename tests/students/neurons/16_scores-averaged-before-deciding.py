"""exercise: robustness_curve
belief: Averaging over the orders means averaging the damaged scores and then deciding once.
"""

import numpy as np


def robustness_curve(w, x, labels, fractions, orders):
    curve = []
    for frac in fractions:
        n_gone = round(float(frac) * w.size)
        scores = np.zeros((x.shape[0], w.shape[0]))
        for order in orders:
            flat = w.flatten()
            flat[order[:n_gone]] = 0
            scores += x @ flat.reshape(w.shape).T
        scores /= len(orders)
        predicted = np.argmax(scores, axis=1)
        curve.append(np.mean(predicted == labels))
    return np.array(curve)
