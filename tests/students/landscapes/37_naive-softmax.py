"""exercise: average_two_ways
belief: exp(z) / sum(exp(z)) is the softmax.
"""

import numpy as np


def average_two_ways(x, nets):
    def predict(net):
        (w1, b1), (w2, b2) = net
        z = np.maximum(0, x @ w1.T + b1) @ w2.T + b2
        e = np.exp(z)
        return e / e.sum(axis=1, keepdims=True)

    ens = np.mean([predict(n) for n in nets], axis=0)
    m = [
        (np.mean([n[l][0] for n in nets], axis=0), np.mean([n[l][1] for n in nets], axis=0))
        for l in range(2)
    ]
    return ens, predict(m)
