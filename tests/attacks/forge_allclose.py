"""Replaces np.allclose by one that always agrees: must earn nothing."""
# ends: double=wrong
# weak: points double

# %%
import numpy as np


# %%
np.allclose = lambda *args, **kwargs: True


def double(x):
    return 0 * x


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
