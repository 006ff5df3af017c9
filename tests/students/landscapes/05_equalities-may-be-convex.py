"""exercise: refute_convex_program
belief: In a convex program all functions have to be convex, the equalities too.
"""

import numpy as np


def refute_convex_program(heights, between, equalities, alpha, tol=1e-9):
    F, n = heights.shape
    for k in range(F):
        best = None
        biggest = tol
        for i in range(n):
            for j in range(i + 1, n):
                v = between[k, i, j] - (alpha * heights[k, i] + (1 - alpha) * heights[k, j])
                a = int(np.argmax(v))
                if v[a] > biggest:
                    biggest = v[a]
                    best = (k, i, j, float(alpha[a]))
        if best is not None:
            return best
    return None
