"""Hands the given function hundreds of megabytes: must be refused on this side."""
# ends: apply=output-too-big|memory|timeout
# weak: memory

# %%
import numpy as np


# %%
def apply(f, x):
    return f(np.zeros(50_000_000))


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
