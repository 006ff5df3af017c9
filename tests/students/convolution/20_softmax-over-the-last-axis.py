"""exercise: segmentation_head
belief: A softmax normalises the last axis.
"""

import numpy as np


def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def segmentation_head(x, w, b, factor=1):
    scores = np.einsum("kc,ncij->nkij", w, x) + b[None, :, None, None]
    scores = scores.repeat(factor, axis=2).repeat(factor, axis=3)
    return softmax(scores).astype(x.dtype)
