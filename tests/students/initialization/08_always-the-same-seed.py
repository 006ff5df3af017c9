"""exercise: glorot_uniform
belief: A generator of one's own with a fixed seed makes the weights reproducible.
"""

import numpy as np


def glorot_uniform(shape, rng):
    rng = np.random.default_rng(42)  # reproducibility
    k = int(np.prod(shape[2:])) if len(shape) > 2 else 1
    limit = np.sqrt(6 / ((shape[0] + shape[1]) * k))
    return rng.uniform(-limit, limit, shape)
