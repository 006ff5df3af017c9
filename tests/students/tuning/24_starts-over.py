"""exercise: successive_halving
belief: On each rung the survivors are trained from the beginning.
"""

import numpy as np


def successive_halving(losses, first, eta):
    alive = np.arange(losses.shape[0])
    rungs, epochs, r = [], 0, first
    while alive.size > 1 and r <= losses.shape[1]:
        epochs += alive.size * r
        order = alive[np.argsort(losses[alive, r - 1], kind="stable")]
        alive = np.sort(order[: max(1, alive.size // eta)])
        rungs.append(alive)
        r *= eta
    return rungs, int(epochs)
