"""exercise: robustness_curve
belief: One damaged copy of the weights per fraction is enough for all orders.
"""

import numpy as np


def robustness_curve(w, x, labels, fractions, orders):
    K, D = w.shape
    accuracy = np.zeros(len(fractions))
    for j, share in enumerate(fractions):
        count = int(np.round(share * K * D))
        damaged = w.copy()
        for order in orders:
            for place in order[:count]:
                damaged[place // D, place % D] = 0.0
            answer = (x @ damaged.T).argmax(axis=1)
            accuracy[j] += (answer == labels).mean()
    return accuracy / len(orders)
