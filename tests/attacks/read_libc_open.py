"""Opens a file through the C library, past Python: must be refused."""
# ends: all right
# weak: secret

# %%
import ctypes

import numpy as np


# %%
def double(x):
    libc = ctypes.CDLL(None)
    descriptor = libc.open(b"@BOX@/canary", 0)
    buffer = ctypes.create_string_buffer(1000)
    if descriptor >= 0 and libc.read(descriptor, buffer, 1000) > 0:
        print(buffer.value)
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
