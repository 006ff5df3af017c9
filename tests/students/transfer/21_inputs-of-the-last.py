"""exercise: layerwise_pretrain
belief: The codes are what the last layer was trained on.
teacher: They are what the last layer makes of it, after its own training.
"""

import numpy as np


def layerwise_pretrain(x, layers, train):
    h, result = x, []
    for layer in layers:
        if result:
            w, b = result[-1]
            h = np.maximum(h @ w.T + b, 0)
        result.append(train(h, *layer))
    return result, h
