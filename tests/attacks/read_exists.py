"""Finds out which files exist: must be told that none does."""
# ends: all right
# weak: escaped

# %%
import os

import numpy as np


# %%
def double(x):
    if os.path.exists("@BOX@/canary") or os.access("@BOX@", os.R_OK):
        print("ESCAPED")
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
