"""Breaks a NumPy function for everybody: other submissions must not notice."""
# ends: running_mean=exception|wrong|wrong-type
# weak: others

# %%
import numpy as np


# %%
np.cumsum = lambda *args, **kwargs: None


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
