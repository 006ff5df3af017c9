"""Returns an array in which everything is masked: must be the wrong type."""
# ends: double=wrong-type
# weak: bare points double

# %%
import numpy as np


# %%
def double(x):
    return np.ma.masked_all(x.shape)


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
