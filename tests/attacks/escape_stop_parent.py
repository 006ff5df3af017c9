"""Stops its parent, which then waits for ever: must be refused."""
# ends: double=exception
# weak: hang

# %%
import os
import signal
import time

import numpy as np


# %%
def double(x):
    os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(0.1)
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
