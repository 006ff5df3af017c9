"""exercise: clip_gradients
belief: Only the gradient with the bad entry is skipped.
"""

import numpy as np


def clip_gradients(gradients, limit, how):
    if how == "value":
        return [np.nan_to_num(np.clip(g, -limit, limit), nan=0.0) for g in gradients]
    ok = [bool(np.isfinite(g).all()) for g in gradients]
    norms = [float(np.linalg.norm(g.ravel())) if o else 0.0 for g, o in zip(gradients, ok)]
    if how == "global":
        total = float(np.sqrt(sum(n * n for n in norms)))
        norms = [total] * len(norms)
    out = []
    for g, o, n in zip(gradients, ok, norms):
        if not o:
            out.append(np.zeros_like(g))
        else:
            out.append(g * min(1.0, limit / n) if n > 0 else g.copy())
    return out
