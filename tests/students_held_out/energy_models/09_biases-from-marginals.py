"""exercise: rbm_from_joint
belief: The bias of a unit is the log odds of how often it is on, whatever the other units do.
"""

import numpy as np


def rbm_from_joint(joint):
    lp = np.log(joint)
    V, H = (s.bit_length() - 1 for s in joint.shape)
    i, j = [2 ** k for k in range(V)][::-1], [2 ** k for k in range(H)][::-1]
    def log_odds(marginal, units):
        on = np.array([[n & u > 0 for n in range(len(marginal))] for u in units])
        return np.log(on @ marginal) - np.log(~on @ marginal)

    b = log_odds(joint.sum(axis=1), i).astype(joint.dtype)
    d = log_odds(joint.sum(axis=0), j).astype(joint.dtype)
    # log p(11) + log p(00) - log p(10) - log p(01)
    w = lp[i][:, j] + lp[0, 0] - lp[i, 0][:, None] - lp[0, j]
    return w, b, d
