"""exercise: successive_halving
belief: On each rung the worst part, one in eta, is dropped.
"""

import numpy as np


def successive_halving(losses, first, eta):
    alive, r, spent, out, t = np.arange(len(losses)), first, 0, [], 0
    while len(alive) > 1 and r <= losses.shape[1]:
        spent += (r - t) * len(alive)
        order = np.argsort(losses[alive, r - 1], kind="stable")
        drop = max(1, len(alive) // eta)
        alive = np.sort(alive[order[: len(alive) - drop]])
        out.append(alive)
        t, r = r, r * eta
    return out, spent
