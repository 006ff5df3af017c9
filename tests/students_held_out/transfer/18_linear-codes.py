"""exercise: layerwise_pretrain
belief: Between the layers goes W h + b; the nonlinearity belongs to the finished net only.
teacher: A layer's code is max(0, W h + b), and it is on codes that the next layer is trained.
"""

import numpy as np


def layerwise_pretrain(x, layers, train):
    trained = []
    codes = np.array(x)
    for number in range(len(layers)):
        w, b = train(codes, layers[number][0], layers[number][1])
        trained.append((w, b))
        next_codes = []
        for n in range(len(codes)):
            z = w @ codes[n] + b
            next_codes.append(z if number < len(layers) - 1 else np.maximum(z, 0))
        codes = np.array(next_codes, dtype=x.dtype)
    return trained, codes
