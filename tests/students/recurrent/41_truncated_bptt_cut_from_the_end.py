"""exercise: truncated_bptt
belief: The windows are laid so that the last one is full, since the newest steps matter most; a
shorter one stands at the beginning.
"""

import numpy as np


def truncated_bptt(x, h0, u, w, b, dhs, k):
    T = len(x)
    hs = rnn_forward(x, h0, u, w, b)
    rest = T % k
    cuts = ([0] if rest else []) + list(range(rest, T, k)) + [T]
    parts = []
    for a, e in zip(cuts[:-1], cuts[1:]):
        before = hs[a - 1] if a > 0 else h0
        parts.append(rnn_backward(x[a:e], before, u, w, b, dhs[a:e])[2:])
    du, dw, db = (sum(grads) for grads in zip(*parts))
    return du, dw, db, hs[-1]
