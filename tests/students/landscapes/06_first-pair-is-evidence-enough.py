"""exercise: refute_convex_program
belief: One counter-example refutes, so the first one found can be returned.
"""

import numpy as np


def refute_convex_program(heights, between, equalities, alpha, tol=1e-9):
    F, n = heights.shape
    for k in range(F):
        for i in range(n - 1):
            for j in range(i + 1, n):
                v = between[k, i, j] - alpha * heights[k, i] - (1 - alpha) * heights[k, j]
                if k >= F - equalities:
                    v = abs(v)
                for a, value in zip(alpha, v):
                    if value > tol:
                        return k, i, j, float(a)
    return None
