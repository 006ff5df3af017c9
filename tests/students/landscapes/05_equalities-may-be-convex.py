"""exercise: refute_convex_program
belief: In a convex program all functions have to be convex, the equalities too.
"""

import numpy as np


def refute_convex_program(objective, inequalities, equalities, points, alpha, tol=1e-9):
    fs = [objective] + list(inequalities) + list(equalities)
    n = len(points)
    for k, f in enumerate(fs):
        best = None
        biggest = tol
        for i in range(n):
            for j in range(i + 1, n):
                v = convexity_violation(f, points[i], points[j], alpha)
                a = int(np.argmax(v))
                if v[a] > biggest:
                    biggest = v[a]
                    best = (k, i, j, float(alpha[a]))
        if best is not None:
            return best
    return None
