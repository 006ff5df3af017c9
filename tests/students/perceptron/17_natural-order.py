"""exercise: perceptron_fit
belief: The samples are visited as they stand.
"""

import numpy as np


def perceptron_fit(x, y, order, max_epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    m = []
    for _ in range(max_epochs):
        c = 0
        for xi, yi in zip(x, y):
            o = int(w[0] + w[1:] @ xi >= 0)
            if o != yi:
                c += 1
                w[0] += yi - o
                w[1:] += (yi - o) * xi
        m.append(c)
        if c == 0:
            break
    return w, np.array(m)
