"""exercise: whose_update
belief: The first step tells the rule.
"""

import numpy as np


def whose_update(path, x, y):
    xb = np.insert(x[0], 0, 1.0)
    d = path[1] - path[0]
    z = path[0] @ xb
    o = 1 if z >= 0 else 0
    if np.allclose(d, 0):
        total = np.zeros(len(xb))
        for i in range(len(x)):
            xi = np.insert(x[i], 0, 1.0)
            total += (y[i] - (path[0] @ xi >= 0)) * xi
        e = path[-1] - path[0]
        return "batch", float(e @ total / (total @ total))
    if abs(d[0]) < 1e-9:
        return "no-bias", float(d[1:] @ x[0] / (x[0] @ x[0]) / (y[0] - o))
    lr = d @ xb / (xb @ xb) / (y[0] - o)
    if lr > 0:
        return "perceptron", float(lr)
    return "reversed", float(-lr)
