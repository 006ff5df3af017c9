"""exercise: forecast_split
belief: A horizon of h skips h values between the last input and the target.
"""

import numpy as np


def forecast_split(series, width, horizon, test):
    horizon = horizon + 1
    inputs, targets, last_input_time, target_time = [], [], [], []
    i = 0
    while i + width - 1 + horizon < len(series):
        inputs.append(series[i : i + width])
        last_input_time.append(i + width - 1)
        target_time.append(i + width - 1 + horizon)
        targets.append(series[i + width - 1 + horizon])
        i += 1
    first_test = len(inputs) - test
    x_train, y_train = [], []
    for s in range(first_test):
        if target_time[s] <= last_input_time[first_test]:
            x_train.append(inputs[s])
            y_train.append(targets[s])
    x_test = np.array(inputs[first_test:], dtype=series.dtype)
    y_test = np.array(targets[first_test:], dtype=series.dtype)
    total = 0.0
    for row, truth in zip(x_test, y_test):
        total += (float(row[-1]) - float(truth)) ** 2
    return (
        np.array(x_train, dtype=series.dtype).reshape(-1, width),
        np.array(y_train, dtype=series.dtype),
        x_test,
        y_test,
        (total / test) ** 0.5,
    )
