"""exercise: transfer_layers
belief: If the weights of a layer fit its biases fit too.
teacher: Both shapes have to be the target's: a bias of another shape, (1,) say, would be broadcast later and nobody would notice.
"""

import numpy as np


def transfer_layers(source, target, n):
    misfit = None
    for i in range(n):
        fits = np.shape(source[i][0]) == np.shape(target[i][0])
        if not fits:
            misfit = i
            break
    take = 0 if misfit is not None else n
    new_net = []
    for i in range(len(target)):
        old = source[i] if i < take else target[i]
        weights = np.array(old[0], dtype=target[i][0].dtype)
        biases = np.array(old[1], dtype=target[i][1].dtype)
        new_net.append((weights, biases))
    return new_net, misfit
