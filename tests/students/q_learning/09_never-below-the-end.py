"""exercise: epsilon_schedule
belief: The rate falls by a constant amount per step and is held from below by its end value.
"""

import numpy as np


def epsilon_schedule(steps, start=1.0, end=0.05, decay_steps=1000):
    per_step = (start - end) / decay_steps
    eps = start - per_step * steps.astype(float)
    return np.maximum(eps, end)
