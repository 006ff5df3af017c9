"""Seeds and then breaks the global random generator: other submissions must not notice."""
# ends: all right
# weak: others

# %%
import random

import numpy as np


# %%
random.seed(0)
np.convolve = np.random.rand = lambda *args, **kwargs: np.zeros(3)


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
