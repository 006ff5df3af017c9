"""Reads the process's original environment from memory: it must hold no secret."""
# ends: all right
# weak: secret

# %%
import ctypes

import numpy as np


# %%
def double(x):
    block = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    index = 0
    while block and block[index]:
        print(block[index])
        index += 1
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
