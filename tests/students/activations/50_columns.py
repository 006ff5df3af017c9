"""exercise: softmax
belief: The classes run down the first axis.
"""

import numpy as np


def softmax(z, axis=-1, temperature=1.0, log=False):
    s = (z - z.max(axis=0)) / temperature
    lp = s - np.log(np.exp(s).sum(axis=0))
    return lp if log else np.exp(lp)
