"""Searches all objects for the grader's reference functions: there must be none."""
# ends: double=exception
# weak: points double

# %%
import gc

import numpy as np


# %%
def double(x):
    for item in gc.get_objects():
        if type(item) is dict and callable(item.get("truth_double")):
            return item["truth_double"](x)
    raise LookupError("no grader here")


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
