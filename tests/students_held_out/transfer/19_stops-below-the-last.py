"""exercise: layerwise_pretrain
belief: The loop hands out what the last layer was trained on; those are the codes.
teacher: Asked for is the code that the last layer makes, one step further up.
"""

import numpy as np


def layerwise_pretrain(x, layers, train):
    def code(h, upto):
        for w, b in upto:
            h = np.where((z := h @ w.T + b) > 0, z, 0)
        return h

    trained = []
    for w, b in layers:
        trained.append(tuple(train(code(x, trained), w, b)))
    return trained, code(x, trained[:-1])
