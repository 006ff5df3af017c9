"""Hides a patched module under the name of the grader's comparison library: must earn nothing."""
# ends: double=wrong
# weak: points double

# %%
import sys
import types

import numpy as np


# %%
class Liar(types.ModuleType):
    def __getattr__(self, name):
        if name == "allclose":
            return lambda *args, **kwargs: True
        return getattr(np, name)


for module in list(sys.modules.values()):
    space = getattr(module, "__dict__", {})
    if type(space) is dict and space.get("np") is np and module.__name__ != __name__:
        space["np"] = Liar("numpy")


def double(x):
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
