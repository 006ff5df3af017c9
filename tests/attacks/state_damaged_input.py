"""Damages its input: later cases and exercises must see their own."""
# ends: double=wrong
# weak: points double

# %%
import numpy as np


# %%
def double(x):
    x += 1
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
