"""Loads the solutions with the import machinery by hand: must be refused."""
# ends: double=exception
# weak: points double

# %%
import numpy as np


# %%
def double(x):
    from importlib.machinery import SourceFileLoader

    return SourceFileLoader("answers", "@BOX@/model_answers.py").load_module().double(x)


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
