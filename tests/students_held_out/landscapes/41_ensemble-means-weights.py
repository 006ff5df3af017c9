"""exercise: average_two_ways
belief: The ensemble is the net of the mean weights, the other result the mean of the answers.
"""

import numpy as np


def average_two_ways(x, nets):
    def probs(net):
        (w1, b1), (w2, b2) = net
        z = np.maximum(0, x @ w1.T + b1) @ w2.T + b2
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    mean = [tuple(np.mean([n[l][p] for n in nets], axis=0) for p in range(2)) for l in range(2)]
    return probs(mean), np.mean([probs(n) for n in nets], axis=0)
