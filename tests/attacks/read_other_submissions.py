"""Reads another student's submission: must be refused."""
# ends: double=exception|right
# weak: secret

# %%
import pathlib

import numpy as np


# %%
def double(x):
    for path in pathlib.Path("@BOX@/others").glob("*.py"):
        print(path.read_text())
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
