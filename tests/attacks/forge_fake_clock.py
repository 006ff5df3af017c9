"""Stops every clock it can reach and computes for ever: the judge's own clock must end it."""
# ends: double=timeout
# weak: hang

# %%
import time

import numpy as np


# %%
time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0


def double(x):
    while time.time() < 1:
        pass
    return 2 * x


# %%
def running_mean(xs, n):
    total = np.cumsum(np.concatenate([[0.0], xs]))
    return (total[n:] - total[:-n]) / n


# %%
def apply(f, x):
    return f(x) + 1


# %%
def countdown(n):
    while n > 0:
        yield n
        n -= 1
