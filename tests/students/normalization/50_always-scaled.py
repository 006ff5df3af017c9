"""exercise: clip_gradients
belief: Clipping to a norm gives gradients of that norm.
"""

import numpy as np


def clip_gradients(gradients, limit, how):
    if how == "value":
        return [np.nan_to_num(np.clip(g, -limit, limit), nan=0.0) for g in gradients]
    norms = [float(np.sqrt((g * g).sum())) for g in gradients]
    if how == "global":
        norms = [float(np.sqrt(sum(n * n for n in norms)))] * len(norms)
    return [
        g * (limit / n) if 0 < n < np.inf else np.zeros_like(g) for g, n in zip(gradients, norms)
    ]
