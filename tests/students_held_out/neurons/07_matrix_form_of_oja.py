"""exercise: oja_update
belief: With several outputs the forgetting term y * y * w becomes the matrix product y y^T W.
"""

import numpy as np


def oja_update(w, pre, post, lr):
    n = pre.shape[0]
    hebb = post.T @ pre
    forget = (post.T @ post) @ w
    dw = (hebb - forget) / n
    return (w + lr * dw).astype(w.dtype)
