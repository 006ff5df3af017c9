"""Has another program read the file: must be refused."""
# ends: double=exception
# weak: secret

# %%
import subprocess

import numpy as np


# %%
def double(x):
    print(subprocess.run(["cat", "@BOX@/canary"], capture_output=True).stdout)
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
