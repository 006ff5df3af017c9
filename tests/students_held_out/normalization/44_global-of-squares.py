"""exercise: clip_gradients
belief: The sum of squares is compared with the limit.
"""

import numpy as np


def clip_gradients(gradients, limit, how):
    if how == "value":
        return [np.nan_to_num(np.clip(g, -limit, limit), nan=0.0) for g in gradients]
    sq = [float((g * g).sum()) for g in gradients]
    if how == "global":
        sq = [sum(sq)] * len(sq)
    out = []
    for g, s in zip(gradients, sq):
        if not np.isfinite(s):
            out.append(np.zeros_like(g))
        elif s > limit:
            out.append(g * (limit / s))
        else:
            out.append(g.copy())
    return out
