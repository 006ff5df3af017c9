"""exercise: robustness_curve
belief: Reshaping an array to one dimension makes a new array, so writing into it leaves the original weights alone.
"""

import numpy as np


def robustness_curve(w, x, labels, fractions, orders):
    accuracy = np.zeros(len(fractions))
    for i, fraction in enumerate(fractions):
        n_kill = round(fraction * w.size)
        for order in orders:
            damaged = w.reshape(-1)
            damaged[order[:n_kill]] = 0
            guess = (x @ damaged.reshape(w.shape).T).argmax(axis=1)
            accuracy[i] += (guess == labels).mean()
    return accuracy / len(orders)
