"""exercise: successive_halving
belief: One in eta stays, rounded up.
"""

import math

import numpy as np


def successive_halving(losses, first, eta):
    alive = list(range(len(losses)))
    done, goal, epochs, rungs = 0, first, 0, []
    while len(alive) > 1 and goal <= losses.shape[1]:
        epochs += len(alive) * (goal - done)
        key = [np.inf if np.isnan(losses[i, goal - 1]) else losses[i, goal - 1] for i in alive]
        keep = math.ceil(len(alive) / eta)
        order = np.argsort(key, kind="stable")[:keep]
        alive = sorted(alive[i] for i in order)
        rungs.append(np.array(alive))
        done, goal = goal, goal * eta
    return rungs, epochs
