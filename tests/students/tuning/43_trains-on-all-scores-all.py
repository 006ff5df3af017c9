"""exercise: learning_curve
belief: The training score is that on all of the training set.
"""

import numpy as np


def learning_curve(x, y, x_dev, y_dev, sizes, orders, fit, score):
    a, b = [], []
    for m in sizes:
        ta, tb = [], []
        for o in orders:
            model = fit(x[o[:m]], y[o[:m]])
            ta.append(score(model, x, y))
            tb.append(score(model, x_dev, y_dev))
        a.append(np.mean(ta))
        b.append(np.mean(tb))
    return np.array(a), np.array(b)
