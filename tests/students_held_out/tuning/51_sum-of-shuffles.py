"""exercise: learning_curve
belief: Scores of the shuffles are added.
"""

import numpy as np


def learning_curve(x, y, x_dev, y_dev, sizes, orders, fit, score):
    tr, de = np.zeros(len(sizes)), np.zeros(len(sizes))
    for i, m in enumerate(sizes):
        for o in orders:
            model = fit(x[o[:m]], y[o[:m]])
            tr[i] += score(model, x[o[:m]], y[o[:m]])
            de[i] += score(model, x_dev, y_dev)
    return tr, de
