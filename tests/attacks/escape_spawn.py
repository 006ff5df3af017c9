"""Starts another program with posix_spawn: must be refused."""
# ends: double=exception
# weak: box

# %%
import os

import numpy as np


# %%
def double(x):
    os.waitpid(os.posix_spawn("/bin/touch", ["touch", "@BOX@/loot/spawned"], {}), 0)
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
