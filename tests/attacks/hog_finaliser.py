"""Loops for ever when its local variables are deleted: must end at the time limit."""
# ends: double=timeout
# weak: hang

# %%
import numpy as np


# %%
class Endless:
    def __del__(self):
        while True:
            pass


def double(x):
    endless = Endless()
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
