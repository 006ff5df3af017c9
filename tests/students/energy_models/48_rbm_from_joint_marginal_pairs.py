"""exercise: rbm_from_joint
belief: The weight of two units is the log odds ratio of their joint marginal, all other units summed out.
"""

import numpy as np


def rbm_from_joint(joint):
    V, H = int(np.log2(joint.shape[0])), int(np.log2(joint.shape[1]))
    xs, hs = binary_states(V) > 0.5, binary_states(H) > 0.5
    logs = np.log(joint)
    b = np.array([logs[2 ** (V - 1 - i), 0] - logs[0, 0] for i in range(V)])
    d = np.array([logs[0, 2 ** (H - 1 - j)] - logs[0, 0] for j in range(H)])
    w = np.zeros((V, H))
    for i in range(V):
        for j in range(H):
            t = [[joint[xs[:, i] == a][:, hs[:, j] == c].sum() for c in (0, 1)] for a in (0, 1)]
            w[i, j] = np.log(t[1][1] * t[0][0] / (t[0][1] * t[1][0]))
    return w.astype(joint.dtype), b.astype(joint.dtype), d.astype(joint.dtype)
