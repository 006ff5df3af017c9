"""Takes memory until there is none: must end at the memory limit."""
# ends: double=memory|timeout
# weak: memory

# %%
import numpy as np


# %%
def double(x):
    taken = []
    while True:
        taken.append(bytearray(64 << 20))


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
