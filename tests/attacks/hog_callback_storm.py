"""Calls the given function for ever: must end at the time limit."""
# ends: apply=timeout
# weak: hang

# %%
import numpy as np


# %%
def apply(f, x):
    while True:
        f(x)


# %%
def double(x):
    return 2 * x


# %%
def running_mean(xs, n):
    total = np.cumsum(np.concatenate([[0.0], xs]))
    return (total[n:] - total[:-n]) / n


# %%
def countdown(n):
    while n > 0:
        yield n
        n -= 1
