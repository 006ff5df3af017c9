"""exercise: layerwise_pretrain
belief: The code of an autoencoder is the linear part; ReLUs come with the labels.
teacher: A layer's code is max(0, W h + b), and the next layer is trained on that.
"""

import numpy as np


def layerwise_pretrain(x, layers, train):
    done, h = [], x
    for w, b in layers:
        w, b = train(h, w, b)
        done.append((w, b))
        h = np.array([w @ row + b for row in h])
    return done, h
