"""exercise: unfreeze_rates
belief: The first layer to be unfrozen is layer 0.
teacher: The top trains first, and layers are counted from the input: the last column comes first.
"""

import numpy as np


def unfreeze_rates(layers, epochs, base, factor, every=1):
    below_top = np.arange(layers)
    open_ = below_top <= (np.arange(epochs) // every)[:, None]
    return np.where(open_, base * float(factor) ** below_top, 0.0)
