"""exercise: sigmoid_mlp_update
belief: The hidden blame is sent back through the weights that have just been improved.
"""

import numpy as np


def logistic(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_mlp_update(v, gamma, w, theta, x, y, lr=0.1):
    v, gamma, w, theta = v.copy(), gamma.copy(), w.copy(), theta.copy()
    q, d = v.shape
    l = w.shape[0]

    b = logistic(v @ x - gamma)
    y_hat = logistic(w @ b - theta)
    g = y_hat * (1 - y_hat) * (y - y_hat)

    # output layer
    for j in range(l):
        for h in range(q):
            w[j, h] += lr * g[j] * b[h]
        theta[j] -= lr * g[j]

    # hidden layer
    for h in range(q):
        e = b[h] * (1 - b[h]) * sum(w[j, h] * g[j] for j in range(l))
        for i in range(d):
            v[h, i] += lr * e * x[i]
        gamma[h] -= lr * e
    return v, gamma, w, theta
