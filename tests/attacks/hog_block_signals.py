"""Blocks all signals and waits for one: must end at the time limit."""
# ends: double=timeout
# weak: hang

# %%
import signal

import numpy as np


# %%
def double(x):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
    signal.sigwait([signal.SIGUSR1])


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
