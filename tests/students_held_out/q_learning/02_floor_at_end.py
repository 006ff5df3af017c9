"""exercise: epsilon_schedule
belief: The end rate is a lower bound: the line is cut off with max(end, ...).
"""

import numpy as np


def epsilon_schedule(steps, start=1.0, end=0.05, decay_steps=1000):
    slope = (start - end) / decay_steps
    rates = np.zeros(len(steps), dtype=np.float64)
    for k, step in enumerate(steps):
        rates[k] = max(end, start - slope * step)
    return rates
