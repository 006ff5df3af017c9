"""Returns an array subclass that answers every comparison with yes: must be the wrong type."""
# ends: double=wrong-type
# weak: points double

# %%
import numpy as np


# %%
class Agreeable(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True


def double(x):
    return np.zeros(3).view(Agreeable)


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
