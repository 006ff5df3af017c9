"""Registers work for the end of the process: it must never run."""
# ends: all right
# weak: escaped

# %%
import atexit

import numpy as np


# %%
atexit.register(print, "ESCAPED")


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
