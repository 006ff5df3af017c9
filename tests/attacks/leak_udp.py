"""Sends its input as a datagram: there must be no network."""
# ends: double=exception
# weak: net

# %%
import socket

import numpy as np


# %%
def double(x):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(x.tobytes(), ("127.0.0.1", int("@PORT@")))
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
