"""exercise: sigmoid_mlp_update
belief: Backpropagation updates the output layer first and then sends the blame back through its new weights.
"""

import numpy as np


def logistic(z):
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def sigmoid_mlp_update(v, gamma, w, theta, x, y, lr=0.1):
    # forward
    b = logistic(v @ x - gamma)
    y_hat = logistic(w @ b - theta)

    # output layer
    g = y_hat * (1 - y_hat) * (y - y_hat)
    w = w + lr * np.outer(g, b)
    theta = theta - lr * g

    # hidden layer
    e = b * (1 - b) * (w.T @ g)
    v = v + lr * np.outer(e, x)
    gamma = gamma - lr * e

    return v, gamma, w, theta
