"""exercise: refute_convex_program
belief: Equalities are treated like the inequalities: f(mix) above the chord is bad.
"""

import numpy as np


def refute_convex_program(heights, between, equalities, alpha, tol=1e-9):
    F, N = heights.shape
    for k in range(F):
        best_v, best_t = tol, None
        for i in range(N):
            for j in range(i + 1, N):
                vs = between[k, i, j] - alpha * heights[k, i] - (1 - alpha) * heights[k, j]
                m = np.argmax(vs)
                if vs[m] > best_v:
                    best_v, best_t = vs[m], (k, i, j, float(alpha[m]))
        if best_t:
            return best_t
    return None
