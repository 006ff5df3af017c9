"""exercise: learning_curve
belief: Each size adds new samples, and the model is fitted to the new ones.
"""

import numpy as np


def learning_curve(x, y, x_dev, y_dev, sizes, orders, fit, score):
    tr = np.zeros((len(orders), len(sizes)))
    de = np.zeros((len(orders), len(sizes)))
    ranked = sorted(sizes)
    for r, o in enumerate(orders):
        for i, m in enumerate(sizes):
            k = ranked.index(m)
            p = o[(ranked[k - 1] if k else 0) : m]
            model = fit(x[p], y[p])
            tr[r, i] = score(model, x[p], y[p])
            de[r, i] = score(model, x_dev, y_dev)
    return tr.mean(0), de.mean(0)
