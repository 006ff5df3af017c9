"""exercise: forecast_split
belief: The horizon is counted from the first value behind the window, so that the target is s[i +
w + h].
"""

import numpy as np


def forecast_split(series, width, horizon, test):
    xs, ys, ends = [], [], []
    for i in range(len(series) - width - horizon):
        xs.append(series[i : i + width])
        ys.append(series[i + width + horizon])
        ends.append(i + width - 1)
    x, y = np.array(xs, series.dtype), np.array(ys, series.dtype)
    first_forecast = ends[len(x) - test]
    known = [i for i in range(len(x) - test) if i + width + horizon <= first_forecast]
    a = len(known)
    xt, yt = x[len(x) - test :], y[len(y) - test :]
    return x[:a], y[:a], xt, yt, float(np.sqrt(np.mean((xt[:, -1] - yt) ** 2)))
