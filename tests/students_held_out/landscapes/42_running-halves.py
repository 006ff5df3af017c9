"""exercise: average_two_ways
belief: A mean is updated by averaging it with the next net.
"""

import numpy as np


def average_two_ways(x, nets):
    def probs(net):
        (w1, b1), (w2, b2) = net
        z = np.maximum(0, x @ w1.T + b1) @ w2.T + b2
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    mean = nets[0]
    for net in nets[1:]:
        mean = [tuple(0.5 * (a + b) for a, b in zip(m, n)) for m, n in zip(mean, net)]
    return np.mean([probs(n) for n in nets], axis=0), probs(mean)
