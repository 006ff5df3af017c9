"""exercise: unfreeze_rates
belief: A lower layer's rate is the one above divided by the factor, as 2.6 in the paper.
teacher: Here the factor multiplies (it would be 1/2.6).
"""

import numpy as np


def unfreeze_rates(layers, epochs, base, factor, every=1):
    rates = np.zeros((epochs, layers))
    for epoch in range(epochs):
        for layer in range(layers):
            below_top = layers - 1 - layer
            if below_top <= epoch // every:
                rates[epoch, layer] = base / factor**below_top
    return rates
