"""exercise: unfreeze_rates
belief: In epoch e there are 1 + (e + 1) // every layers that train.
teacher: The next layer begins when every epochs have passed: with every = 2 in epoch 2, so it is 1 + e // every.
"""

import numpy as np


def unfreeze_rates(layers, epochs, base, factor, every=1):
    table = np.zeros((epochs, layers))
    for epoch in range(epochs):
        training = 1 + (epoch + 1) // every
        rate = base
        layer = layers - 1
        while layer >= 0 and training > 0:
            table[epoch, layer] = rate
            rate = rate * factor
            layer -= 1
            training -= 1
    return table
