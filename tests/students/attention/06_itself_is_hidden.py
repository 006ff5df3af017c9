"""exercise: causal_mask
belief: A position must not see itself, otherwise it could copy the answer.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def causal_mask(queries: int, keys: int, window: int | None = None) -> NDArray[np.bool_]:
    query = np.arange(keys - queries, keys)[:, None]
    key = np.arange(keys)[None, :]
    seen = key < query
    if window is not None:
        seen &= key > query - window
    return seen
