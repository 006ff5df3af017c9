"""Reads memory through process_vm_readv: must be refused."""
# ends: all right
# weak: escaped

# %%
import ctypes
import os

import numpy as np


# %%
def double(x):
    source, target = ctypes.create_string_buffer(b"loot"), ctypes.create_string_buffer(4)
    vectors = [(ctypes.c_size_t * 2)(ctypes.addressof(item), 4) for item in (target, source)]
    zero, one = ctypes.c_ulong(0), ctypes.c_ulong(1)
    got = ctypes.CDLL(None).process_vm_readv(os.getpid(), vectors[0], one, vectors[1], one, zero)
    if got == 4:
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
