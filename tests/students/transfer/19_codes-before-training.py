"""exercise: layerwise_pretrain
belief: A layer is trained on what the layers below give at the beginning.
teacher: Greedy: the lower layer is trained first, and then its new codes are handed up.
"""

import numpy as np


def layerwise_pretrain(x, layers, train):
    codes = [x]
    for w, b in layers:
        codes.append(np.maximum(codes[-1] @ w.T + b, 0))
    done = [train(h, w, b) for h, (w, b) in zip(codes, layers)]
    h = x
    for w, b in done:
        h = np.maximum(h @ w.T + b, 0)
    return done, h
