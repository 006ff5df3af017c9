"""exercise: cell_update
belief: The forget gate says how much is forgotten, so 1 - f of the old content stays.
"""

import numpy as np


def cell_update(c, f, i, g):
    kept = np.multiply(1 - f, c)
    written = np.multiply(i, g)
    return kept + written
