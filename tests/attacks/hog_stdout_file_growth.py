"""Grows the file behind its standard output: must be refused."""
# ends: double=exception
# weak: escaped

# %%
import os

import numpy as np


# %%
def double(x):
    os.ftruncate(1, 1 << 24)
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
