"""Returns an array of 112 MB: must be refused as too big."""
# ends: double=output-too-big|timeout
# weak: memory

# %%
import numpy as np


# %%
def double(x):
    return np.ones(14_000_000)


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
