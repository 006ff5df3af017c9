"""exercise: mcculloch_pitts
belief: An active inhibitory input (negative weight) is a veto: the neuron is silent whatever the sum says, as in the paper of 1943.
"""

import numpy as np


def mcculloch_pitts(x, w, threshold):
    excited = x @ w >= threshold
    vetoed = np.any((x != 0) & (w < 0), axis=1)
    return (excited & ~vetoed).astype(x.dtype)
