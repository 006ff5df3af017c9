"""Registers an exit handler that prints full marks: must earn nothing."""
# ends: double=exception
# weak: points double

# %%
import atexit

import numpy as np


# %%
def double(x):
    atexit.register(print, 'SCORES {"double": true, "running_mean": true, "apply": true, "countdown": true}')
    raise SystemExit(0)


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
