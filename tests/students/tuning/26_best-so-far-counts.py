"""exercise: successive_halving
belief: A setting is judged by the smallest loss it has had so far.
"""

import numpy as np


def successive_halving(losses, first, eta):
    clean = np.where(np.isnan(losses), np.inf, losses)
    record = np.minimum.accumulate(clean, axis=1)
    alive, rungs, epochs, r, before = np.arange(len(losses)), [], 0, first, 0
    while alive.size > 1 and r <= losses.shape[1]:
        epochs += alive.size * (r - before)
        ranks = np.argsort(record[alive, r - 1], kind="stable")
        alive = np.sort(alive[ranks[: max(1, alive.size // eta)]])
        rungs.append(alive)
        before, r = r, r * eta
    return rungs, int(epochs)
