"""exercise: forecast_split
belief: All samples but the last ones are for training; nothing has to be dropped.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def forecast_split(
    series: Array, width: int, horizon: int, test: int
) -> tuple[Array, Array, Array, Array, float]:
    n = len(series) - width - horizon + 1
    x = np.lib.stride_tricks.sliding_window_view(series, width)[:n].copy()
    y = series[width - 1 + horizon :].copy()
    first = n - test
    known = first
    gap = y[first:].astype(float) - x[first:, -1].astype(float)
    naive = float(np.sqrt(np.mean(gap**2)))
    return x[: max(known, 0)], y[: max(known, 0)], x[first:], y[first:], naive
