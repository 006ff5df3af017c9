"""exercise: unfreeze_rates
belief: Layer 0 is the one that trains first.
teacher: Layer 0 is next to the input; the top is the last one, and the rates fall off towards the input.
"""

import numpy as np


def unfreeze_rates(layers, epochs, base, factor, every=1):
    depth = np.arange(layers)              # how far below the top
    rate = base * factor**depth
    epoch = np.arange(epochs)[:, None]
    return np.where(depth <= epoch // every, rate, 0.0)
