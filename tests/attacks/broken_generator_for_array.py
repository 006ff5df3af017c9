"""Yields where an array is asked for: must be the wrong type."""
# ends: double=wrong-type
# weak: bare crash

# %%
import numpy as np


# %%
def double(x):
    for value in x:
        yield 2 * value


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
