"""Imports the instructor's solutions: nothing new may be importable."""
# ends: double=exception
# weak: points double

# %%
import sys

import numpy as np


# %%
def double(x):
    sys.path.insert(0, "@BOX@")
    import model_answers

    return model_answers.double(x)


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
