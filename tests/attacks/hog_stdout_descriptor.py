"""Writes to the output's descriptor past Python: little of it may be kept."""
# ends: all right
# weak: output

# %%
import os

import numpy as np


# %%
def double(x):
    try:
        for _ in range(20):
            os.write(1, b"y" * 1_000_000)
            os.write(2, b"z" * 1_000_000)
    except OSError:
        pass
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
