"""exercise: refute_convex_program
belief: One counter-example refutes, so the first one found can be returned.
"""


def refute_convex_program(objective, inequalities, equalities, points, alpha, tol=1e-9):
    fs = [objective] + list(inequalities) + list(equalities)
    for k, f in enumerate(fs):
        for i in range(len(points) - 1):
            for j in range(i + 1, len(points)):
                v = convexity_violation(f, points[i], points[j], alpha)
                if k > len(inequalities):
                    v = abs(v)
                for a, value in zip(alpha, v):
                    if value > tol:
                        return k, i, j, float(a)
    return None
