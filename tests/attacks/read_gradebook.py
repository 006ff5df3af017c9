"""Opens the gradebook's database: must be refused."""
# ends: double=exception
# weak: secret

# %%
import numpy as np


# %%
def double(x):
    import sqlite3

    with sqlite3.connect("@BOX@/gradebook.db") as book:
        print(book.execute("select * from scores").fetchall())
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
