"""exercise: refute_convex_program
belief: The guilty function is the one that violates convexity most.
"""

import numpy as np


def refute_convex_program(heights, between, equalities, alpha, tol=1e-9):
    result, worst = None, tol
    F, n = heights.shape
    for k in range(F):
        for i in range(n):
            for j in range(i + 1, n):
                v = between[k, i, j] - alpha * heights[k, i] - (1 - alpha) * heights[k, j]
                if k >= F - equalities:
                    v = np.abs(v)
                m = int(v.argmax())
                if v[m] > worst:
                    worst, result = v[m], (k, i, j, float(alpha[m]))
    return result
