"""exercise: lstm_step
belief: The forget gate says how much is forgotten, so 1 - f of the old content stays.
"""

import numpy as np


def lstm_step(x, h, c, w, b):
    s = lambda z: 0.5 * (1 + np.tanh(z / 2))
    af, ai, ag, ao = np.split(np.hstack([h, x]) @ w.T + b, 4, axis=1)
    kept = np.multiply(1 - s(af), c)
    written = np.multiply(s(ai), np.tanh(ag))
    c_new = kept + written
    return s(ao) * np.tanh(c_new), c_new
