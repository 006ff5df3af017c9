"""Climbs from a descriptor of the root folder: must be refused."""
# ends: double=exception
# weak: secret

# %%
import os

import numpy as np


# %%
def double(x):
    root = os.open("/", os.O_RDONLY)
    descriptor = os.open("@BOX@/canary".lstrip("/"), os.O_RDONLY, dir_fd=root)
    print(os.read(descriptor, 1000))
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
