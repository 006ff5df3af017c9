"""Replaces print by one that raises: the verdict must come all the same."""
# ends: all right
# weak: crash

# %%
import builtins

import numpy as np


# %%
def quiet(*args, **kwargs):
    raise RuntimeError("no output today")


builtins.print = quiet


# %%
def double(x):
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
