"""exercise: learning_curve
belief: One order is enough: the first.
"""

import numpy as np


def learning_curve(x, y, x_dev, y_dev, sizes, orders, fit, score):
    order = orders[0]
    xs, ys = x[order], y[order]
    train = np.zeros(len(sizes))
    dev = np.zeros(len(sizes))
    for i, m in enumerate(sizes):
        model = fit(xs[:m], ys[:m])
        train[i] = score(model, xs[:m], ys[:m])
        dev[i] = score(model, x_dev, y_dev)
    return train, dev
