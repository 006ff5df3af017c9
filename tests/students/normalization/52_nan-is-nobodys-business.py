"""exercise: clip_gradients
belief: Comparing is enough: what is too large is cut, all else stays.
"""

import numpy as np


def clip_gradients(gradients, limit, how):
    if how == "value":
        return [np.minimum(np.maximum(g, -limit), limit) for g in gradients]
    if how == "norm":
        out = []
        for g in gradients:
            n = float(np.sqrt((g**2).sum()))
            out.append(g * (limit / n) if n > limit else g.copy())
        return out
    n = float(np.sqrt(sum(float((g**2).sum()) for g in gradients)))
    return [g * (limit / n) if n > limit else g.copy() for g in gradients]
