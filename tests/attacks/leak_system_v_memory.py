"""Creates a System V segment that outlives it: must be refused."""
# ends: all right
# weak: escaped

# %%
import ctypes

import numpy as np


# %%
def double(x):
    libc = ctypes.CDLL(None)
    segment = libc.shmget(0, 4096, 0o1600)
    if segment >= 0:
        print("ESCAPED")
        libc.shmctl(segment, 0, None)
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
