"""exercise: sigmoid_neuron
belief: The bias is the neuron's threshold, so it has to be taken off the weighted sum.
"""

import numpy as np


def sigmoid_neuron(x, w, b):
    theta = b
    z = np.dot(x, w) - theta
    # stable for both signs
    out = np.empty_like(z)
    pos = z >= 0
    out[pos] = 1.0 / (1.0 + np.exp(-z[pos]))
    e = np.exp(z[~pos])
    out[~pos] = e / (1.0 + e)
    return out.astype(x.dtype)
