"""Returns its own argument, changed later: the answer must be what it was when it was given."""
# ends: double=wrong
# weak: points double

# %%
import numpy as np


# %%
last = []


def double(x):
    for array in last:
        array *= 7
    x *= 0
    last.append(x)
    return x


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
