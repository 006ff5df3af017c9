"""Crashes while it is loaded: costs the exercise of that cell only."""
# ends: double=missing
# weak: crash

# %%
import ctypes

import numpy as np


# %%
ctypes.string_at(0)


def double(x):
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
