"""Raises an exception with 50 MB of text: a line of it is kept."""
# ends: double=exception
# weak: output

# %%
import numpy as np


# %%
def double(x):
    raise ValueError("x" * 50_000_000)


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
