"""exercise: causal_mask
belief: Query i stands at position i, so the mask is np.tril whatever the shape.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def causal_mask(queries: int, keys: int, window: int | None = None) -> NDArray[np.bool_]:
    mask = np.tril(np.ones((queries, keys), dtype=bool))
    if window is not None:
        mask &= ~np.tril(np.ones((queries, keys), dtype=bool), k=-window)
    return mask
