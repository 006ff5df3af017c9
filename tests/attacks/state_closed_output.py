"""Closes its standard output: the verdict must come all the same."""
# ends: all right
# weak: crash

# %%
import os
import sys

import numpy as np


# %%
sys.stdout.close()
os.close(1)


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
