"""Starts hundreds of threads that never end: none may start."""
# ends: double=exception
# weak: hang

# %%
import threading
import time

import numpy as np


# %%
def double(x):
    for _ in range(300):
        threading.Thread(target=time.sleep, args=(3600,)).start()
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
