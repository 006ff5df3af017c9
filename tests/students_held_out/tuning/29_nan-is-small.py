"""exercise: successive_halving
belief: min finds the smallest, NaN or not.
"""

import numpy as np


def successive_halving(losses, first, eta):
    alive, r, spent, out, t = np.arange(len(losses)), first, 0, [], 0
    while len(alive) > 1 and r <= losses.shape[1]:
        spent += (r - t) * len(alive)
        column = np.nan_to_num(losses[alive, r - 1], nan=-1.0)
        order = np.argsort(column, kind="stable")
        alive = np.sort(alive[order[: max(1, len(alive) // eta)]])
        out.append(alive)
        t, r = r, r * eta
    return out, spent
