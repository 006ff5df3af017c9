"""Prints full marks and ends the process at once: it must count as a crash."""
# ends: double=crash
# weak: points double

# %%
import os

import numpy as np


# %%
def double(x):
    os.write(1, b'SCORES {"double": true, "running_mean": true, "apply": true, "countdown": true}\n')
    os._exit(0)


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
