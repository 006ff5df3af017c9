"""Sets the input to zero, so that the right answer computed from it is zero: must earn nothing."""
# ends: double=wrong
# weak: points double

# %%
import numpy as np


# %%
def double(x):
    x[...] = 0
    return np.zeros_like(x)


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
