"""Yields slower and slower: must end at the time limit."""
# ends: countdown=timeout
# weak: hang

# %%
import time

import numpy as np


# %%
def countdown(n):
    while True:
        time.sleep(0.1)
        yield n


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
