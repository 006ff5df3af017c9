"""Takes the answers out of the globals of the function it is given: it must not have any."""
# ends: apply=exception
# weak: points apply

# %%
import numpy as np


# %%
def apply(f, x):
    return f.__globals__["TRUTH"]["apply"](f, x)


# %%
def double(x):
    return 2 * x


# %%
def running_mean(xs, n):
    total = np.cumsum(np.concatenate([[0.0], xs]))
    return (total[n:] - total[:-n]) / n


# %%
def countdown(n):
    while n > 0:
        yield n
        n -= 1
