"""Sends half of a message and waits: must end at the time limit."""
# ends: double=timeout|protocol
# weak: hang

# %%
import os
import time

import numpy as np


# %%
def double(x):
    for descriptor in range(3, 16):
        try:
            os.write(descriptor, b"half")
        except OSError:
            pass
    time.sleep(3600)


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
