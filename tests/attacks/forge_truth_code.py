"""Puts its own code into the grader's reference function: must earn nothing."""
# ends: double=wrong
# weak: points double

# %%
import numpy as np


# %%
def double(x):
    return 0 * x


import __main__

if hasattr(__main__, "truth_double"):
    __main__.truth_double.__code__ = double.__code__


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
