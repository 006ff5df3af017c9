"""exercise: rbm_energy
belief: x W h^T as a matrix product gives the energies, and summing its rows gives one for each sample.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rbm_energy(x: Array, h: Array, w: Array, b: Array, d: Array) -> Array:
    interaction = x @ w @ h.T
    return -interaction.sum(axis=1) - x @ b - h @ d
