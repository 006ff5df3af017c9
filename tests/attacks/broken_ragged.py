"""Returns rows of different lengths: must be wrong."""
# ends: double=wrong
# weak: bare crash

# %%
import numpy as np


# %%
def double(x):
    return [[1.0], [2.0, 3.0]]


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
