"""Reads a backward pass off a wrong forward by asking it at points near those of the case: refused."""
# ends: graded
# topic: backprop
# nothing for: dense_forward dense_backward

import numpy as np

def dense_forward(x, w, b):
    return None

def dense_backward(dy, x, w, b=None):
    def at(v, like):
        out = np.zeros_like(like)
        for i in np.ndindex(like.shape):
            moved = like.copy()
            moved[i] += 1e-7
            given = [moved if a is like else a for a in (x, w, np.zeros(w.shape[-1]))]
            out[i] = np.sum(dy * (dense_forward(*given) - v)) / 1e-7
        return out
    v = dense_forward(x, w, np.zeros(w.shape[-1]))
    return at(v, x), at(v, w), dy.sum(0)
