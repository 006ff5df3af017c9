"""Takes memory and swallows the error when there is none: must be ended."""
# ends: double=timeout|crash|memory
# weak: hang

# %%
import numpy as np


# %%
def double(x):
    taken = []
    while True:
        try:
            taken.append(np.ones(8 << 20))
        except MemoryError:
            pass


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
