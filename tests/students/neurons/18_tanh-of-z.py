"""exercise: sigmoid_neuron
belief: The logistic function is a tanh shifted and scaled to (0, 1): 0.5 * (1 + tanh(z)).
"""

import numpy as np


def sigmoid_neuron(x, w, b):
    z = np.einsum("nd,d->n", x, w) + b
    y = 0.5 * (1.0 + np.tanh(z))  # no overflow this way
    return y.astype(x.dtype)
