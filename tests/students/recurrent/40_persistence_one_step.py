"""exercise: forecast_split
belief: Persistence forecasts each target by the value just before it.
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
    known = first - horizon + 1
    gap = y[first:].astype(float) - series[len(series) - test - 1 : -1].astype(float)
    naive = float(np.sqrt(np.mean(gap**2)))
    return x[: max(known, 0)], y[: max(known, 0)], x[first:], y[first:], naive
