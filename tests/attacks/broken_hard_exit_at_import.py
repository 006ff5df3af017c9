"""Ends the process while it is loaded: costs nothing but that cell."""
# ends: all right
# weak: crash

# %%
import os

import numpy as np


# %%
os._exit(0)


# %%
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
