"""Takes hold of its parent through a pidfd: must be refused."""
# ends: double=exception
# weak: escaped

# %%
import os
import signal

import numpy as np


# %%
def double(x):
    descriptor = os.pidfd_open(os.getppid() or os.getpid())
    signal.pidfd_send_signal(descriptor, 0)
    print("ESCAPED")
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
