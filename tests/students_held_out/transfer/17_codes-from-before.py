"""exercise: layerwise_pretrain
belief: What goes up to the next layer is the code that the layer made while it was being trained, with the weights it began with.
teacher: The layer stands still first: the next one is trained on the codes of the trained layer.
"""

import numpy as np


def layerwise_pretrain(x, layers, train):
    h, done = x, []
    for w, b in layers:
        new_w, new_b = train(h, w, b)
        done.append((new_w, new_b))
        codes = np.maximum(0, h @ new_w.T + new_b)
        h = np.maximum(0, h @ w.T + b)
    return done, codes if layers else x
