"""exercise: rbm_conditionals
belief: The probability is odds / (1 + odds), with odds = exp(z).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rbm_conditionals(x: Array, h: Array, w: Array, b: Array, d: Array) -> tuple[Array, Array]:
    odds_h = np.exp(x @ w + d)
    odds_x = np.exp(h @ w.T + b)
    return odds_h / (1 + odds_h), odds_x / (1 + odds_x)
