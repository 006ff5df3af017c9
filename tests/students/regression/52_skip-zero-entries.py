"""exercise: diagnose_gradient
belief: Where the true gradient is 0 there is no ratio, so those entries of the other's gradient cannot tell anything and are left out.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    n = x.shape[0]
    g = 2 / n * x.T @ (x @ theta - y)
    blind = 2 / n * x.T @ (x @ theta)
    big = np.abs(g).max()
    use = np.abs(g) > 1e-9 * big
    ratios = found[use] / g[use]
    for name, factor in (("right", 1.0), ("sum", float(n)), ("half", 0.5), ("uphill", -1.0)):
        if np.all(np.abs(ratios - factor) * np.abs(g[use]) <= 1e-6 * abs(factor) * big):
            return name
    if np.all(np.abs(found - blind) <= 1e-6 * np.abs(blind).max()):
        return "no targets"
    return "unknown"
