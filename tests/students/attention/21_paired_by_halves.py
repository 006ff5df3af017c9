"""exercise: rotary_positions
belief: Feature i is paired with feature i + D/2 (rotate_half in Hugging Face's Llama).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rotary_positions(x: Array, positions: NDArray[np.integer], base: float = 10000.0) -> Array:
    D = x.shape[-1]
    theta = base ** (-np.arange(0, D, 2) / D)
    angle = np.asarray(positions)[:, None] * theta
    cos, sin = np.cos(angle).astype(x.dtype), np.sin(angle).astype(x.dtype)
    first, second = x[..., : D // 2], x[..., D // 2 :]
    y = np.empty_like(x)
    y[..., : D // 2] = first * cos - second * sin
    y[..., D // 2 :] = first * sin + second * cos
    return y
