"""Matches a regular expression in exponential time: must end at the time limit."""
# ends: double=timeout
# weak: hang

# %%
import re

import numpy as np


# %%
def double(x):
    re.match(r"(a+)+$", "a" * 40 + "b")
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
