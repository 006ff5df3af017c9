"""Lifts the recursion limit and overflows the stack: must count as a crash."""
# ends: double=crash|memory|exception|timeout
# weak: crash

# %%
import sys

import numpy as np


# %%
def fall(n):
    return fall(n + 1) + repr([n])


def double(x):
    sys.setrecursionlimit(10**9)
    deep = []
    for _ in range(10**6):
        deep = [deep]
    return repr(deep)


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
