"""exercise: clip_gradients
belief: Bad entries become zero, and then one clips as usual.
"""

import numpy as np


def clip_gradients(gradients, limit, how):
    if how == "value":
        return [np.nan_to_num(np.clip(g, -limit, limit), nan=0.0) for g in gradients]
    gs = [np.nan_to_num(g, nan=0.0, posinf=0.0, neginf=0.0) for g in gradients]
    norms = [float(np.sqrt((g * g).sum())) for g in gs]
    if how == "global":
        norms = [float(np.sqrt(np.sum(np.square(norms))))] * len(norms)
    return [g * (limit / n) if n > limit else g.copy() for g, n in zip(gs, norms)]
