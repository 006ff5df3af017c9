"""exercise: sigmoid_mlp_update
belief: Thresholds learn like biases, by adding lr times the blame.
"""

import numpy as np


def sigmoid_mlp_update(v, gamma, w, theta, x, y, lr=0.1):
    sig = lambda t: 0.5 * (1.0 + np.tanh(0.5 * t))
    hidden = sig(v.dot(x) - gamma)
    out = sig(w.dot(hidden) - theta)

    delta_out = (y - out) * out * (1 - out)
    delta_hidden = w.T.dot(delta_out) * hidden * (1 - hidden)

    w_new = w + lr * np.outer(delta_out, hidden)
    theta_new = theta + lr * delta_out
    v_new = v + lr * np.outer(delta_hidden, x)
    gamma_new = gamma + lr * delta_hidden
    return v_new, gamma_new, w_new, theta_new
