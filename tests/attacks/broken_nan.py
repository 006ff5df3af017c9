"""Returns not-a-number: must be wrong, not equal to everything."""
# ends: double=wrong
# weak: bare points double

# %%
import numpy as np


# %%
def double(x):
    return np.full_like(x, np.nan)


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
