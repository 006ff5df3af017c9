"""exercise: unfreeze_rates
belief: When the next layer begins to train, the one above is frozen again.
teacher: Once unfrozen a layer goes on training, until all do.
"""

import numpy as np


def unfreeze_rates(layers, epochs, base, factor, every=1):
    below_top = np.arange(layers)[::-1]
    newest = np.minimum(np.arange(epochs) // every, layers - 1)
    open_ = below_top == newest[:, None]
    return np.where(open_, base * float(factor) ** below_top, 0.0)
