"""exercise: average_two_ways
belief: Cutting the scores to at most 500 keeps exp from overflowing and changes nothing, as such scores are certain anyway.
"""

import numpy as np


def net_probabilities(x, net):
    (w1, b1), (w2, b2) = net
    h = np.maximum(0, x @ w1.T + b1)
    scores = np.clip(h @ w2.T + b2, -500, 500).astype(float)
    e = np.exp(scores)
    return e / e.sum(axis=1, keepdims=True)


def average_two_ways(x, nets):
    ensemble = sum(net_probabilities(x, net) for net in nets) / len(nets)
    mean_net = []
    for k in range(2):
        w = np.mean([net[k][0] for net in nets], axis=0)
        b = np.mean([net[k][1] for net in nets], axis=0)
        mean_net.append((w, b))
    averaged = net_probabilities(x, mean_net)
    return ensemble.astype(x.dtype), averaged.astype(x.dtype)
