"""exercise: average_two_ways
belief: Nets vote with the class they choose.
"""

import numpy as np


def average_two_ways(x, nets):
    def scores(net):
        (w1, b1), (w2, b2) = net
        return np.maximum(0, x @ w1.T + b1) @ w2.T + b2

    k = len(nets[0][1][1])
    votes = np.zeros((len(x), k), x.dtype)
    for net in nets:
        votes[np.arange(len(x)), scores(net).argmax(1)] += 1 / len(nets)
    mean = [tuple(np.mean([n[l][p] for n in nets], axis=0) for p in range(2)) for l in range(2)]
    z = scores(mean)
    e = np.exp(z - z.max(1, keepdims=True))
    return votes, e / e.sum(1, keepdims=True)
