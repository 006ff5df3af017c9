"""exercise: perceptron_fit
belief: When an epoch is clean there is nothing to report.
"""

import numpy as np


def perceptron_fit(x, y, order, max_epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    m = []
    for _ in range(max_epochs):
        c = 0
        for i in order:
            o = int(w[0] + w[1:] @ x[i] >= 0)
            if o != y[i]:
                c += 1
                w[0] += y[i] - o
                w[1:] += (y[i] - o) * x[i]
        if c == 0 and m:
            break
        m.append(c)
        if c == 0:
            break
    return w, np.array(m)
