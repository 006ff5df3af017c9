"""Makes the kernel send signals on a descriptor's behalf: must be refused."""
# ends: all right
# weak: escaped

# %%
import ctypes
import os

import numpy as np


# %%
def double(x):
    if ctypes.CDLL(None).fcntl(1, 8, os.getppid()) == 0:
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
