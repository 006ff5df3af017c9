"""exercise: generator_loss
belief: A loss is minus the mean of a logarithm, so the minimax loss is -mean log(1 - sigma(f)).
"""

import numpy as np


def generator_loss(fake, saturating=False):
    def log_sigmoid(s):
        return -(np.maximum(-s, 0) + np.log1p(np.exp(-np.abs(s))))

    def sigmoid(s):
        return np.exp(log_sigmoid(s))

    M = len(fake)
    if saturating:
        return float(-log_sigmoid(-fake).mean()), sigmoid(fake) / M
    return float(-log_sigmoid(fake).mean()), -sigmoid(-fake) / M
