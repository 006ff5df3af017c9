"""Creates a message queue that outlives it: must be refused."""
# ends: all right
# weak: escaped

# %%
import ctypes

import numpy as np


# %%
def double(x):
    libc = ctypes.CDLL(None)
    queue = libc.msgget(0, 0o1600)
    if queue >= 0:
        print("ESCAPED")
        libc.msgctl(queue, 0, None)
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
