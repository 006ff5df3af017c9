"""exercise: clip_together
belief: The joint norm is the sum of the norms of all arrays.
"""

import numpy as np


def clip_together(gradients, limit):
    total = float(sum(np.linalg.norm(g.astype(float)) for g in gradients))
    if not np.isfinite(total):
        return [np.zeros_like(g) for g in gradients], total
    scale = min(1.0, limit / (total + 1e-300))
    return [(g * scale).astype(g.dtype) for g in gradients], total
