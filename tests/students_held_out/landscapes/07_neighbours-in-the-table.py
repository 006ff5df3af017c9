"""exercise: refute_convex_program
belief: Pairs are points that follow each other.
"""

import numpy as np


def refute_convex_program(heights, between, equalities, alpha, tol=1e-9):
    F, N = heights.shape
    for k in range(F):
        best_v, best_t = tol, None
        for i in range(N - 1):
            vs = between[k, i, i + 1] - alpha * heights[k, i] - (1 - alpha) * heights[k, i + 1]
            if k >= F - equalities:
                vs = np.abs(vs)
            m = np.argmax(vs)
            if vs[m] > best_v:
                best_v, best_t = vs[m], (k, i, i + 1, float(alpha[m]))
        if best_t:
            return best_t
    return None
