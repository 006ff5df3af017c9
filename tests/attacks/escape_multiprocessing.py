"""Computes in a pool of processes: none may start."""
# ends: double=exception
# weak: escaped

# %%
import numpy as np


# %%
def double(x):
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(1) as pool:
        print("ESCAPED", pool.submit(len, "abc").result(5))
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
