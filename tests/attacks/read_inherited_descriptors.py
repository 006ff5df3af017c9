"""Reads every descriptor it may have inherited: there must be none."""
# ends: double=crash|timeout|protocol|right
# weak: secret

# %%
import os

import numpy as np


# %%
def double(x):
    for descriptor in range(4, 64):
        try:
            os.lseek(descriptor, 0, 0)
            print(os.read(descriptor, 1000))
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
