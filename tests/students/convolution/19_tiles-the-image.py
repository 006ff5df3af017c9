"""exercise: segmentation_head
belief: Making a map larger by repetition is np.tile.
"""

import numpy as np


def segmentation_head(x, w, b, factor=1):
    scores = np.einsum("kc,ncij->nkij", w, x) + b[None, :, None, None]
    large = np.tile(scores, (1, 1, factor, factor))
    e = np.exp(large - large.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True)).astype(x.dtype)
