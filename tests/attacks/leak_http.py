"""Fetches a page whose address carries its input: there must be no network."""
# ends: double=exception
# weak: net

# %%
import numpy as np


# %%
def double(x):
    from urllib.request import urlopen

    try:
        urlopen("http://127.0.0.1:@PORT@/" + x.tobytes().hex(), timeout=0.3).close()
    except TimeoutError:
        pass
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
