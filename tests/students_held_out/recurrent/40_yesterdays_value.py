"""exercise: forecast_split
belief: Persistence forecasts the value one step before the target.
"""

import numpy as np


def forecast_split(series, width, horizon, test):
    windows = np.lib.stride_tricks.sliding_window_view(series, width)[:-horizon].copy()
    goals = series[width - 1 + horizon :].copy()
    cut = len(goals) - test
    known = max(0, cut - horizon + 1)
    guess = series[-test - 1 : -1]
    error = float(np.sqrt(np.mean(np.square(goals[cut:].astype(float) - guess))))
    return windows[:known], goals[:known], windows[cut:], goals[cut:], error
