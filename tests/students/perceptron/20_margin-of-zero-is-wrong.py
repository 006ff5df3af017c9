"""exercise: perceptron_fit
belief: A mistake is y(wx) <= 0.
"""

import numpy as np


def perceptron_fit(x, y, order, max_epochs):
    s = 2 * y - 1
    w = np.zeros(x.shape[1] + 1, x.dtype)
    m = []
    for _ in range(max_epochs):
        c = 0
        for i in order:
            if s[i] * (w[0] + w[1:] @ x[i]) <= 0:
                c += 1
                w[0] += s[i]
                w[1:] += s[i] * x[i]
        m.append(c)
        if c == 0:
            break
    return w, np.array(m)
