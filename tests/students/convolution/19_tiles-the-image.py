"""exercise: upsample_nearest
belief: Making an image larger by repetition is np.tile.
"""

import numpy as np


def upsample_nearest(x, factor):
    return np.tile(x, (1, 1, factor, factor))
