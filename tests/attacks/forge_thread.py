"""Leaves a thread behind that patches the grader again and again: no thread may start."""
# ends: double=exception
# weak: points double

# %%
import threading
import time

import numpy as np


# %%
def patch():
    import __main__

    while True:
        __main__.same = lambda a, b: True
        time.sleep(0.001)


def double(x):
    threading.Thread(target=patch, daemon=True).start()
    time.sleep(0.05)
    return 0 * x


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
