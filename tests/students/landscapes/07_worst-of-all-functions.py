"""exercise: refute_convex_program
belief: The guilty function is the one that violates convexity most.
"""

import numpy as np


def refute_convex_program(objective, inequalities, equalities, points, alpha, tol=1e-9):
    result, worst = None, tol
    for k, f in enumerate([objective, *inequalities, *equalities]):
        for i in range(len(points)):
            for j in range(i + 1, len(points)):
                v = convexity_violation(f, points[i], points[j], alpha)
                if k >= 1 + len(inequalities):
                    v = np.abs(v)
                m = int(v.argmax())
                if v[m] > worst:
                    worst, result = v[m], (k, i, j, float(alpha[m]))
    return result
