"""exercise: refute_convex_program
belief: An equality is guilty if it lies above or below its chord, and its largest violation is where it lies highest above it.
"""
import numpy as np


def refute_convex_program(heights, between, equalities, alpha, tol=1e-9):
    total, n = heights.shape
    for f in range(total):
        best, where, low = -np.inf, None, 0.0
        for i in range(n):
            for j in range(i + 1, n):
                for k, a in enumerate(alpha):
                    v = between[f, i, j, k] - a * heights[f, i] - (1 - a) * heights[f, j]
                    low = min(low, v)
                    if v > best:
                        best, where = v, (f, i, j, float(a))
        if best > tol or (f >= total - equalities and low < -tol):
            return where
    return None
