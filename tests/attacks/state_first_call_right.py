"""Is right on the first call and wrong on every later one: more than one case must be tried."""
# ends: double=wrong
# weak: points double

# %%
import numpy as np


# %%
calls = []


def double(x):
    calls.append(1)
    return 2 * x if len(calls) == 1 else 3 * x


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
