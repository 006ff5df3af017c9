"""Writes its input to a temporary file that stays: must be refused."""
# ends: double=exception
# weak: box

# %%
import numpy as np


# %%
def double(x):
    with open("/tmp/gradus-@PORT@", "wb") as stream:
        stream.write(x.tobytes())
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
