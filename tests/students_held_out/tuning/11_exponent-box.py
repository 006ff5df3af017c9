"""exercise: random_search
belief: The box of a log parameter holds the exponents: exp of a uniform draw.
"""

import numpy as np


def random_search(u, box, log):
    x = box[0] + (box[1] - box[0]) * u
    x[:, log] = np.exp(x[:, log])
    return x.astype(u.dtype)
