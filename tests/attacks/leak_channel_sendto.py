"""Uses the descriptor of its own channel as a socket: must be refused."""
# ends: all right
# weak: escaped

# %%
import ctypes

import numpy as np


# %%
def double(x):
    for descriptor in range(3, 16):
        if ctypes.CDLL(None).sendto(descriptor, b"", 0, 0, None, 0) == 0:
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
