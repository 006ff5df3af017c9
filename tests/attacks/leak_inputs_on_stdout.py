"""Prints its input over and over: little of it may be kept."""
# ends: all right
# weak: output

# %%
import numpy as np


# %%
def double(x):
    text = repr(x) * 8
    for _ in range(4_000):
        print(text)
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
