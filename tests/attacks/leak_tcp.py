"""Connects to a listener and sends its input there: there must be no network."""
# ends: double=exception
# weak: net

# %%
import socket

import numpy as np


# %%
def double(x):
    with socket.create_connection(("127.0.0.1", int("@PORT@")), 1) as line:
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
