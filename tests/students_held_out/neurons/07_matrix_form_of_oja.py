"""exercise: hebbian_update
belief: With several outputs the forgetting term y * y * w becomes the matrix product y y^T W.
"""

import numpy as np


def hebbian_update(w, pre, post, lr, rule="hebb"):
    n = pre.shape[0]
    hebb = post.T @ pre
    forget = (post.T @ post) @ w if rule == "oja" else 0
    dw = (hebb - forget) / n
    return (w + lr * dw).astype(w.dtype)
