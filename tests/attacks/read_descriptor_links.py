"""Opens again what /proc/self/fd points to: must be refused."""
# ends: double=exception
# weak: secret

# %%
import os

import numpy as np


# %%
def double(x):
    for name in os.listdir("/proc/self/fd"):
        try:
            print(open(f"/proc/self/fd/{name}").read(1000) if int(name) > 2 else "")
        except OSError:
            pass
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
