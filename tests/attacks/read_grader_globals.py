"""Prints a secret that the grader holds in a variable: it must not be in this process."""
# ends: double=exception
# weak: secret

# %%
import numpy as np


# %%
def double(x):
    import __main__

    print(__main__.SECRET)
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
