"""Returns an object that never finishes being compared: must be the wrong type."""
# ends: double=wrong-type
# weak: hang

# %%
import numpy as np


# %%
class Endless:
    def __array__(self, dtype=None, copy=None):
        while True:
            pass


def double(x):
    return Endless()


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
