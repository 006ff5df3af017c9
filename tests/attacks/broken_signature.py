"""Takes other arguments than asked: must be a failure of that exercise."""
# ends: double=exception
# weak: bare crash

# %%
import numpy as np


# %%
def double():
    return 2


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
