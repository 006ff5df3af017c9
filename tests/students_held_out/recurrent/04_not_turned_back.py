"""exercise: deep_rnn
belief: The backward reader gets the sequence reversed, and its states are put beside those of the forward reader.
"""

import numpy as np


def deep_rnn(x, layers):
    def run(seq, u, w, b):
        h = np.zeros((seq.shape[1], len(b)), seq.dtype)
        states = []
        for xt in seq:
            h = np.tanh(xt @ u.T + h @ w.T + b)
            states.append(h)
        return np.array(states)

    for layer in layers:
        outs = [run(x, *layer[0])]
        if len(layer) == 2:
            outs.append(run(x[::-1], *layer[1]))
        x = np.concatenate(outs, axis=-1)
    return x
