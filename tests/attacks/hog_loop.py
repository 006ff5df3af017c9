"""Loops for ever: must end at the time limit."""
# ends: double=timeout
# weak: hang

# %%
import numpy as np


# %%
def double(x):
    while True:
        pass


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
