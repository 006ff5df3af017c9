"""Replaces the builtin bool by one that says True: must earn nothing."""
# ends: apply=wrong|wrong-type double=any running_mean=any countdown=any
# weak: points apply

# %%
import builtins

import numpy as np


# %%
builtins.bool = lambda value=None: True


def apply(f, x):
    return 0.0


# %%
def double(x):
    return 2 * x


# %%
def running_mean(xs, n):
    total = np.cumsum(np.concatenate([[0.0], xs]))
    return (total[n:] - total[:-n]) / n


# %%
def countdown(n):
    while n > 0:
        yield n
        n -= 1
