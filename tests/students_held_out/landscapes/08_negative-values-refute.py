"""exercise: refute_convex_program
belief: A negative value means that f is below the chord, which refutes convexity.
"""

import numpy as np


def refute_convex_program(objective, inequalities, equalities, points, alpha, tol=1e-9):
    fs = [objective] + list(inequalities) + list(equalities)
    for k, f in enumerate(fs):
        best_v, best_t = tol, None
        for i in range(len(points)):
            for j in range(i + 1, len(points)):
                vs = -convexity_violation(f, points[i], points[j], alpha)
                if k > len(inequalities):
                    vs = np.abs(vs)
                m = np.argmax(vs)
                if vs[m] > best_v:
                    best_v, best_t = vs[m], (k, i, j, float(alpha[m]))
        if best_t:
            return best_t
    return None
