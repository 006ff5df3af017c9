"""Connects to a local socket that is in no file system: must be refused."""
# ends: double=exception
# weak: net

# %%
import socket

import numpy as np


# %%
def double(x):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect("\0gradus-@PORT@")
        line.sendall(x.tobytes())
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
