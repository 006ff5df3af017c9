"""exercise: successive_halving
belief: Settings are compared by their last loss.
"""

import numpy as np


def successive_halving(losses, first, eta):
    alive, r, spent, out, t = np.arange(len(losses)), first, 0, [], 0
    while len(alive) > 1 and r <= losses.shape[1]:
        spent += (r - t) * len(alive)
        order = np.argsort(losses[alive, -1], kind="stable")
        alive = np.sort(alive[order[: max(1, len(alive) // eta)]])
        out.append(alive)
        t, r = r, r * eta
    return out, spent
