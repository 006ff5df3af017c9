"""exercise: learning_curve
belief: The first m samples are the first m rows of x.
"""

import numpy as np


def learning_curve(x, y, x_dev, y_dev, sizes, orders, fit, score):
    train, dev = [], []
    for m in sizes:
        model = fit(x[:m], y[:m])
        train.append(score(model, x[:m], y[:m]))
        dev.append(score(model, x_dev, y_dev))
    return np.array(train, float), np.array(dev, float)
