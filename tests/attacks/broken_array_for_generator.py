"""Returns an array where a generator is asked for: must be the wrong type."""
# ends: countdown=wrong-type
# weak: bare crash

# %%
import numpy as np


# %%
def countdown(n):
    return None


# %%
def double(x):
    return 2 * x


# %%
def running_mean(xs, n):
    total = np.cumsum(np.concatenate([[0.0], xs]))
    return (total[n:] - total[:-n]) / n


# %%
def apply(f, x):
    return f(x) + 1
