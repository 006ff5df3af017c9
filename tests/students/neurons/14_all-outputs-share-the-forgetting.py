"""exercise: hebbian_update
belief: With several neurons Oja's forgetting term is y yT w, so that each neuron also gives way to what the others explain.
"""

import numpy as np


def hebbian_update(w, pre, post, lr, rule="hebb"):
    N = len(pre)
    hebb = post.T @ pre / N
    if rule == "hebb":
        return w + lr * hebb
    forget = (post.T @ post / N) @ w
    return w + lr * (hebb - forget)
