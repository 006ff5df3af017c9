"""exercise: causal_mask
belief: A window of w means w positions back, besides the position itself.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def causal_mask(queries: int, keys: int, window: int | None = None) -> NDArray[np.bool_]:
    seen = np.zeros((queries, keys), dtype=bool)
    for t in range(queries):
        position = keys - queries + t
        first = 0 if window is None else max(0, position - window)
        for s in range(first, position + 1):
            seen[t, s] = True
    return seen
