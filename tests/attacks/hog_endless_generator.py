"""Yields for ever: must be cut off."""
# ends: countdown=output-too-big
# weak: hang

# %%
import numpy as np


# %%
def countdown(n):
    while True:
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
