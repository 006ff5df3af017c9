"""Returns an array that claims gigabytes and holds eight bytes: must be refused as too big."""
# ends: double=output-too-big|timeout
# weak: memory

# %%
import numpy as np


# %%
def double(x):
    return np.broadcast_to(x, (60_000_000, 3)) if len(x) == 3 else np.broadcast_to(x[0], (10**9, 3))


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
