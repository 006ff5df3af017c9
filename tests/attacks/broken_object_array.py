"""Returns an array of objects that are equal to everything: must be the wrong type."""
# ends: double=wrong-type
# weak: bare points double

# %%
import numpy as np


# %%
class Zero:
    def __sub__(self, other):
        return 0.0


def double(x):
    return np.array([Zero() for _ in x], dtype=object)


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
