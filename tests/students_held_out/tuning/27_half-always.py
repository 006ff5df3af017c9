"""exercise: successive_halving
belief: Halving keeps one half.
"""

import numpy as np


def successive_halving(losses, first, eta):
    alive, r, spent, out, t = list(range(len(losses))), first, 0, [], 0
    while len(alive) > 1 and r <= losses.shape[1]:
        spent += (r - t) * len(alive)
        alive.sort(key=lambda i: (np.isnan(losses[i, r - 1]), losses[i, r - 1], i))
        alive = sorted(alive[: max(1, len(alive) // 2)])
        out.append(np.array(alive))
        t, r = r, r * eta
    return out, spent
