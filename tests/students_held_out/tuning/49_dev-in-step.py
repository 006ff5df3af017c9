"""exercise: learning_curve
belief: The dev set is cut to the same size as the training set.
"""

import numpy as np


def learning_curve(x, y, x_dev, y_dev, sizes, orders, fit, score):
    tr, de = [], []
    for m in sizes:
        a = b = 0.0
        for o in orders:
            model = fit(x[o[:m]], y[o[:m]])
            a += score(model, x[o[:m]], y[o[:m]])
            b += score(model, x_dev[:m], y_dev[:m])
        tr.append(a / len(orders))
        de.append(b / len(orders))
    return np.array(tr), np.array(de)
