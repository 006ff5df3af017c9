"""exercise: oja_update
belief: With several neurons Oja's forgetting term is y yT w, so that each neuron also gives way to what the others explain.
"""

import numpy as np


def oja_update(w, pre, post, lr):
    N = len(pre)
    hebb = post.T @ pre / N
    forget = (post.T @ post / N) @ w
    return w + lr * (hebb - forget)
