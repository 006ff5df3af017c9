"""Traces the grader's frame and rewrites its local variables: must earn nothing."""
# ends: double=wrong
# weak: points double

# %%
import ctypes
import sys

import numpy as np


# %%
def double(x):
    caller = sys._getframe(1)

    def trace(frame, event, argument):
        if "expected" in frame.f_locals:
            frame.f_locals["expected"] = frame.f_locals["result"]
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
        return trace

    caller.f_trace = trace
    sys.settrace(lambda *event: trace)
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
