"""Prints the environment: it must hold no secret."""
# ends: all right
# weak: secret

# %%
import os

import numpy as np


# %%
def double(x):
    print(dict(os.environ), os.environb)
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
