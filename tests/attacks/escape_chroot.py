"""Changes its root folder, in a namespace of its own if need be: must be refused."""
# ends: double=exception
# weak: escaped

# %%
import ctypes
import os

import numpy as np


# %%
def double(x):
    ctypes.CDLL(None).unshare(0x10000000)
    os.chroot("@BOX@")
    print("ESCAPED")
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
