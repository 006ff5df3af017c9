"""exercise: learning_curve
belief: Dev comes first.
"""

import numpy as np


def learning_curve(x, y, x_dev, y_dev, sizes, orders, fit, score):
    tr, de = np.zeros(len(sizes)), np.zeros(len(sizes))
    for i, m in enumerate(sizes):
        for o in orders:
            model = fit(x[o[:m]], y[o[:m]])
            tr[i] += score(model, x[o[:m]], y[o[:m]]) / len(orders)
            de[i] += score(model, x_dev, y_dev) / len(orders)
    return de, tr
