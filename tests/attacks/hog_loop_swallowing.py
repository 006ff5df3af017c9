"""Loops for ever and swallows every exception and signal: must end at the time limit."""
# ends: double=timeout
# weak: hang

# %%
import signal

import numpy as np


# %%
def double(x):
    for number in range(1, 64):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


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
