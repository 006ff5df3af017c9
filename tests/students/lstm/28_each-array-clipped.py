"""exercise: clip_together
belief: Every array of gradients is cut to the limit by its own norm.
"""

import numpy as np


def clip_together(gradients, limit):
    total = np.sqrt(sum(np.sum(g.astype(float) ** 2) for g in gradients))
    if not np.isfinite(total):
        return [np.zeros_like(g) for g in gradients], float(total)
    out = []
    for g in gradients:
        norm = np.linalg.norm(g)
        out.append(g * g.dtype.type(limit / norm) if norm > limit else g.copy())
    return out, float(total)
