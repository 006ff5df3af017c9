"""exercise: branch_and_bound_1d
belief: The widest interval is the least known one, so it is halved next.
"""

import numpy as np


def branch_and_bound_1d(f, lo, hi, lipschitz, tol):
    def new(a, b):
        m = (a + b) / 2
        v = float(f(m))
        return [v - lipschitz * (b - a) / 2, a, b, m, v]

    todo = [new(lo, hi)]
    bx, bv = todo[0][3], todo[0][4]
    while bv - min(t[0] for t in todo) > tol:
        i = int(np.argmax([t[2] - t[1] for t in todo]))
        _, a, b, m, _ = todo.pop(i)
        for box in (new(a, m), new(m, b)):
            todo.append(box)
            if box[4] < bv:
                bx, bv = box[3], box[4]
    return bx, bv, min(t[0] for t in todo)
