"""Mounts a file system, in a namespace of its own if need be: must be refused."""
# ends: all right
# weak: escaped

# %%
import ctypes

import numpy as np


# %%
def double(x):
    libc = ctypes.CDLL(None)
    libc.unshare(0x10000000 | 0x00020000)
    if libc.mount(b"none", b"@BOX@/mnt", b"tmpfs", 0, None) == 0:
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
