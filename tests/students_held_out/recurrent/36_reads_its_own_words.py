"""exercise: encoder_decoder
belief: The decoder reads at each step what it has just said itself, the word with the largest score.
"""

import numpy as np


def encoder_decoder(source, target, start, encoder, decoder):
    e_table, e_u, e_w, e_b = encoder
    d_table, d_u, d_w, d_b, d_v, d_c = decoder
    S, N = source.shape
    T = target.shape[0]
    out = np.zeros((T, N, d_v.shape[0]), dtype=d_table.dtype)
    for n in range(N):
        h = np.zeros(e_w.shape[0], dtype=e_table.dtype)
        for s in range(S):
            word = source[s, n]
            if word >= 0:
                h = np.tanh(np.dot(e_u, e_table[word]) + np.dot(e_w, h) + e_b)
        previous = start
        for t in range(T):
            h = np.tanh(np.dot(d_u, d_table[previous]) + np.dot(d_w, h) + d_b)
            out[t, n] = np.dot(d_v, h) + d_c
            previous = int(np.argmax(out[t, n]))
    return out
