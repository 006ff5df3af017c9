"""exercise: deep_rnn
belief: In a layer with two directions the second one reads the states of the first one, from the end.
"""

import numpy as np


def deep_rnn(x, layers):
    from functools import reduce

    def cell(params):
        u, w, b = params
        return lambda h, xt: np.tanh(xt @ u.T + h @ w.T + b)

    def scan(step, h, xs):
        ys = []
        for xt in xs:
            h = step(h, xt)
            ys.append(h)
        return np.stack(ys)

    def apply(seq, layer):
        zero = lambda p: np.zeros((seq.shape[1], p[0].shape[0]), seq.dtype)
        fwd = scan(cell(layer[0]), zero(layer[0]), seq)
        if len(layer) == 1:
            return fwd
        source = fwd if fwd.shape[2] == layer[1][0].shape[1] else seq
        bwd = scan(cell(layer[1]), zero(layer[1]), source[::-1])[::-1]
        return np.concatenate([fwd, bwd], 2)

    return reduce(apply, layers, x)
