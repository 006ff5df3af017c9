"""exercise: clip_gradients
belief: The global norm is the sum of the norms.
"""

import numpy as np


def clip_gradients(gradients, limit, how):
    if how == "value":
        return [np.nan_to_num(np.clip(g, -limit, limit), nan=0.0) for g in gradients]
    norms = [float(np.linalg.norm(g.ravel())) for g in gradients]
    if how == "global":
        norms = [sum(norms)] * len(norms)
    out = []
    for g, n in zip(gradients, norms):
        if not np.isfinite(n):
            out.append(np.zeros_like(g))
        else:
            out.append(g * min(1.0, limit / max(n, 1e-30)))
    return out
