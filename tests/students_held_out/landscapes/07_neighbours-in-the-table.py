"""exercise: refute_convex_program
belief: Pairs are points that follow each other.
"""

import numpy as np


def refute_convex_program(objective, inequalities, equalities, points, alpha, tol=1e-9):
    fs = [objective] + list(inequalities) + list(equalities)
    for k, f in enumerate(fs):
        best_v, best_t = tol, None
        for i in range(len(points) - 1):
            vs = convexity_violation(f, points[i], points[i + 1], alpha)
            if k > len(inequalities):
                vs = np.abs(vs)
            m = np.argmax(vs)
            if vs[m] > best_v:
                best_v, best_t = vs[m], (k, i, i + 1, float(alpha[m]))
        if best_t:
            return best_t
    return None
