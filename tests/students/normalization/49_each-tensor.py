"""exercise: clip_gradients
belief: The global norm is applied to one tensor after the other.
"""

import numpy as np


def clip_gradients(gradients, limit, how):
    out = []
    for g in gradients:
        if how == "value":
            out.append(np.nan_to_num(np.clip(g, -limit, limit), nan=0.0))
            continue
        n = float(np.linalg.norm(g.ravel()))
        if not np.isfinite(n):
            out.append(np.zeros_like(g))
        elif n > limit:
            out.append(g * (limit / n))
        else:
            out.append(g.copy())
    return out
