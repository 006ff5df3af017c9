"""exercise: average_two_ways
belief: An ensemble averages outputs, and the softmax comes last.
"""

import numpy as np


def average_two_ways(x, nets):
    def scores(net):
        (w1, b1), (w2, b2) = net
        return np.maximum(0, x @ w1.T + b1) @ w2.T + b2

    def softmax(z):
        z = z - z.max(axis=1, keepdims=True)
        e = np.exp(z)
        return e / e.sum(axis=1, keepdims=True)

    ens = softmax(sum(scores(n) for n in nets) / len(nets))
    m = [
        (sum(n[l][0] for n in nets) / len(nets), sum(n[l][1] for n in nets) / len(nets))
        for l in range(2)
    ]
    return ens, softmax(scores(m))
