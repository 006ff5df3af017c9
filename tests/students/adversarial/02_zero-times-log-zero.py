"""exercise: optimal_discriminator
belief: Where p is 0 the product p * log(d) is 0 by itself.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def optimal_discriminator(p: Array, q: Array) -> tuple[Array, float]:
    seen = p + q
    d = np.where(seen > 0, p / np.where(seen > 0, seen, 1), 0.5)
    on_real = p * np.log(d)
    on_fake = q * np.log(1 - d)
    return d.astype(p.dtype), float(on_real.sum() + on_fake.sum())
