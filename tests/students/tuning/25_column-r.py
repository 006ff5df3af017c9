"""exercise: successive_halving
belief: The loss after r epochs stands in column r.
"""

import numpy as np


def successive_halving(losses, first, eta):
    alive = np.arange(losses.shape[0])
    rungs, epochs, r, before = [], 0, first, 0
    last = losses.shape[1] - 1
    while alive.size > 1 and r <= losses.shape[1]:
        epochs += alive.size * (r - before)
        order = alive[np.argsort(losses[alive, min(r, last)], kind="stable")]
        alive = np.sort(order[: max(1, alive.size // eta)])
        rungs.append(alive)
        before, r = r, r * eta
    return rungs, int(epochs)
