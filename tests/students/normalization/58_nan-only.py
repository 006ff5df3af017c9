"""exercise: clip_gradients
belief: A gradient that is not finite shows by its norm being NaN.
"""

import numpy as np


def clip_gradients(gradients, limit, how):
    if how == "value":
        return [
            np.clip(np.where(np.isnan(g), 0, g), -limit, limit).astype(g.dtype) for g in gradients
        ]

    def shorten(g, norm):
        if np.isnan(norm):
            return np.zeros_like(g)
        return (g * (limit / norm)).astype(g.dtype) if norm > limit else g.copy()

    norms = [np.sqrt(np.sum(np.asarray(g, float) ** 2)) for g in gradients]
    if how == "global":
        norms = [np.sqrt(np.sum(np.square(norms)))] * len(gradients)
    return [shorten(g, k) for g, k in zip(gradients, norms)]
