"""exercise: forecast_split
belief: All samples before the test are for training: no sample is in both.
"""

import numpy as np


def forecast_split(series, width, horizon, test):
    n = len(series) - width - horizon + 1
    X = np.stack([series[i : i + width] for i in range(n)])
    y = np.array([series[i + width - 1 + horizon] for i in range(n)], dtype=series.dtype)
    split = n - test
    train = split
    x_test, y_test = X[split:], y[split:]
    naive = np.sqrt(np.mean((y_test - x_test[:, -1]) ** 2))
    return X[: max(train, 0)], y[: max(train, 0)], x_test, y_test, float(naive)
