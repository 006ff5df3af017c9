"""exercise: clip_gradients
belief: The norm of a gradient is its largest entry.
"""

import numpy as np


def clip_gradients(gradients, limit, how):
    if how == "value":
        return [np.nan_to_num(np.clip(g, -limit, limit), nan=0.0) for g in gradients]
    size = [float(np.abs(g).max()) for g in gradients]
    if how == "global":
        size = [float(np.max(size))] * len(size)
    return [
        np.zeros_like(g) if not np.isfinite(s) else g * min(1.0, limit / s) if s > 0 else g.copy()
        for g, s in zip(gradients, size)
    ]
