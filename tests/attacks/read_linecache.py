"""Reads a file with the tool that prints tracebacks: must read nothing."""
# ends: all right
# weak: secret

# %%
import linecache

import numpy as np


# %%
def double(x):
    print("".join(linecache.getlines("@BOX@/canary")))
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
