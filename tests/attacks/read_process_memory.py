"""Searches the process's own memory for a secret: must be refused."""
# ends: double=exception
# weak: secret

# %%
import numpy as np


# %%
def double(x):
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            place, mode = line.split()[:2]
            if mode.startswith("rw"):
                start, end = (int(part, 16) for part in place.split("-"))
                memory.seek(start)
                data = memory.read(min(end - start, 64 << 20))
                at = data.find(b"TOKEN" + b"-")
                if at >= 0:
                    print(data[at : at + 40])
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
