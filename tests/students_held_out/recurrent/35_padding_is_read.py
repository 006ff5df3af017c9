"""exercise: encoder_decoder
belief: Padding looks up a row of the table like any other number, and the net learns to ignore it.
"""

import numpy as np


def encoder_decoder(source, target, start, encoder, decoder):
    table, u, w, b = encoder
    h = np.zeros((source.shape[1], len(b)), dtype=table.dtype)
    for words in source:
        new = np.tanh(table[words] @ u.T + h @ w.T + b)
        h = new
    table, u, w, b, v, c = decoder
    logits = []
    word = np.full(target.shape[1], start)
    for t in range(len(target)):
        h = np.tanh(table[word] @ u.T + h @ w.T + b)
        logits.append(h @ v.T + c)
        word = target[t]
    return np.array(logits)
