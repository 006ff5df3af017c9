"""Closes every descriptor, the channel among them: must count as a crash."""
# ends: double=crash
# weak: crash

# %%
import os

import numpy as np


# %%
def double(x):
    os.closerange(0, 256)
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
