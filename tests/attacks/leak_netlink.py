"""Asks the kernel for the network's interfaces: must be refused."""
# ends: double=exception
# weak: escaped

# %%
import socket

import numpy as np


# %%
def double(x):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
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
