"""Prints twenty megabytes: little of it may be kept."""
# ends: all right
# weak: output

# %%
import numpy as np


# %%
def double(x):
    for _ in range(20):
        print("x" * 1_000_000)
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
