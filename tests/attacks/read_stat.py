"""Asks how large a hidden file is and when it changed: must be refused."""
# ends: double=exception
# weak: escaped

# %%
import os

import numpy as np


# %%
def double(x):
    print("ESCAPED", os.stat("@BOX@/canary"))
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
