"""exercise: refute_convex_program
belief: Equalities are treated like the inequalities: f(mix) above the chord is bad.
"""


def refute_convex_program(objective, inequalities, equalities, points, alpha, tol=1e-9):
    everything = [objective]
    everything.extend(inequalities)
    everything.extend(equalities)
    N = points.shape[0]
    for k in range(len(everything)):
        best_v, best_t = tol, None
        for i in range(N):
            for j in range(i + 1, N):
                vs = convexity_violation(everything[k], points[i], points[j], alpha)
                for a, v in zip(alpha, vs):
                    if v > best_v:
                        best_v, best_t = v, (k, i, j, float(a))
        if best_t:
            return best_t
    return None
