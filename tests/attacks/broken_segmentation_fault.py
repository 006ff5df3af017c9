"""Reads address zero: must count as a crash of that exercise."""
# ends: double=crash
# weak: crash

# %%
import ctypes

import numpy as np


# %%
def double(x):
    return ctypes.string_at(0)


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
