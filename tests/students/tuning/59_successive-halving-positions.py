"""exercise: successive_halving
belief: argsort on the losses of the survivors returns the numbers of the settings.
"""

import numpy as np


def successive_halving(losses, first, eta):
    count, length = losses.shape
    alive = np.arange(count)
    rungs, spent, before, now = [], 0, 0, first
    while len(alive) > 1 and now <= length:
        spent += len(alive) * (now - before)
        scores = losses[alive, now - 1]
        stay = max(1, len(alive) // eta)
        alive = np.sort(np.argsort(scores, kind="stable")[:stay])
        rungs.append(alive)
        before, now = now, now * eta
    return rungs, int(spent)
