"""exercise: forecast_split
belief: A training target has to be earlier than the last input of the first test sample.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def forecast_split(
    series: Array, width: int, horizon: int, test: int
) -> tuple[Array, Array, Array, Array, float]:
    samples = len(series) - width - horizon + 1
    first_test = samples - test
    forecast_made_at = first_test + width - 1
    x_train, y_train, x_test, y_test = [], [], [], []
    for i in range(samples):
        goal = i + width - 1 + horizon
        if i >= first_test:
            x_test.append(series[i : i + width])
            y_test.append(series[goal])
        elif goal < forecast_made_at:
            x_train.append(series[i : i + width])
            y_train.append(series[goal])
    squares = [(float(y) - float(x[-1])) ** 2 for x, y in zip(x_test, y_test)]
    naive = float(np.sqrt(sum(squares) / len(squares)))
    dtype = series.dtype
    return (
        np.array(x_train, dtype).reshape(-1, width),
        np.array(y_train, dtype),
        np.array(x_test, dtype),
        np.array(y_test, dtype),
        naive,
    )
