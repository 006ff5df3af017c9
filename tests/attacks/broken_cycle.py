"""Returns a list that contains itself: must be refused."""
# ends: double=output-too-big|wrong-type
# weak: bare crash

# %%
import numpy as np


# %%
def double(x):
    endless = []
    endless.append(endless)
    return endless


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
