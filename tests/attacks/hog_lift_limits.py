"""Lifts its own resource limits and then takes memory: must be refused."""
# ends: double=exception|memory
# weak: memory

# %%
import numpy as np


# %%
def double(x):
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    taken = [np.ones(16 << 20) for _ in range(4)]
    return 2 * x + 0 * len(taken)


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
