"""Carries a secret out in an exception's text: there must be none to carry."""
# ends: double=exception
# weak: secret

# %%
import os

import numpy as np


# %%
def double(x):
    raise ValueError(os.environ["GRADUS_SECRET"])


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
