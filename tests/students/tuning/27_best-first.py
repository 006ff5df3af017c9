"""exercise: successive_halving
belief: Survivors are listed by rank, the best first.
"""

import numpy as np


def successive_halving(losses, first, eta):
    alive, rungs, epochs, r, before = np.arange(len(losses)), [], 0, first, 0
    while alive.size > 1 and r <= losses.shape[1]:
        epochs += alive.size * (r - before)
        ranks = np.argsort(losses[alive, r - 1], kind="stable")
        alive = alive[ranks[: max(1, alive.size // eta)]]
        rungs.append(alive)
        before, r = r, r * eta
    return rungs, int(epochs)
