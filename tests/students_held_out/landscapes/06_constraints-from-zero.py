"""exercise: refute_convex_program
belief: Constraints are numbered from 0; the objective is only checked in the end as number -1.
"""

import numpy as np


def refute_convex_program(heights, between, equalities, alpha, tol=1e-9):
    F, N = heights.shape
    for k in range(F):
        best_v, best_t = tol, None
        for i in range(N):
            for j in range(i + 1, N):
                vs = +(between[k, i, j] - alpha * heights[k, i] - (1 - alpha) * heights[k, j])
                if k >= F - equalities:
                    vs = np.abs(vs)
                m = np.argmax(vs)
                if vs[m] > best_v:
                    best_v, best_t = vs[m], (k - 1, i, j, float(alpha[m]))
        if best_t:
            return best_t
    return None
