"""Announces a message of exabytes: must be cut off before anything is allocated."""
# ends: double=protocol|output-too-big
# weak: memory

# %%
import gc
import os
import struct

import numpy as np


# %%
def double(x):
    size = 1 << 62
    for item in gc.get_objects():
        if type(item).__name__ == "Student":
            os.write(3, struct.pack("<16sIBQ", item.nonce, item.number, 18, size))
            return 2 * x
    return np.ones(50_000_000)


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
