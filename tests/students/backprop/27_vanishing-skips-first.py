"""exercise: vanishing_factor
belief: The chain begins with the first unit, so L units have L - 1 steps between them, and I multiply from the second on.
"""

import numpy as np


def vanishing_factor(weights, activations):
    steps = weights * activations * (1 - activations)
    return float(np.prod(steps[1:]))
