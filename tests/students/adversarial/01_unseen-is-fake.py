"""exercise: optimal_discriminator
belief: A thing that is never seen is certainly not real, so d is 0 there.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def optimal_discriminator(p: Array, q: Array) -> tuple[Array, float]:
    seen = p + q
    d = p / np.where(seen > 0, seen, 1)
    on_real = p * np.log(np.where(p > 0, d, 1))
    on_fake = q * np.log(np.where(q > 0, 1 - d, 1))
    return d.astype(p.dtype), float(on_real.sum() + on_fake.sum())
