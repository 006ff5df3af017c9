"""Reads the recorded answers beside it and returns them: must be refused."""
# ends: double=exception
# weak: points double

# %%
import json

import numpy as np


# %%
def double(x):
    with open("@BOX@/answers.json") as stream:
        return np.array(json.load(stream)["double"])


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
