"""exercise: refute_convex_program
belief: One violation is a proof, so the first pair and share with one is the evidence.
"""
import numpy as np


def refute_convex_program(heights, between, equalities, alpha, tol=1e-9):
    n = heights.shape[1]
    for f, row in enumerate(heights):
        equality = f >= len(heights) - equalities
        for i in range(n - 1):
            for j in range(i + 1, n):
                v = between[f, i, j] - (alpha * row[i] + (1 - alpha) * row[j])
                if equality:
                    v = np.abs(v)
                if v.max() > tol:
                    return f, i, j, float(alpha[int(v.argmax())])
    return None
