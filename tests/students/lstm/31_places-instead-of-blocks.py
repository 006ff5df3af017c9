"""exercise: which_layout
belief: The letters of the answer are found by reading off, for f, i, g, o in turn, the place at which each block stands.
"""

from itertools import permutations

import numpy as np


def which_layout(x, h, c, w, b, h_new, c_new):
    H, D = h.shape[1], x.shape[1]
    found = []
    for cols in ("hx", "xh"):
        turned = w if cols == "hx" else np.hstack([w[:, D:], w[:, :D]])
        blocks = turned.reshape(4, H, H + D)
        biases = b.reshape(4, H)
        for place in permutations(range(4)):
            # place = where the blocks f, i, g, o stand in w
            ww = blocks[list(place)].reshape(4 * H, H + D)
            bb = biases[list(place)].reshape(4 * H)
            hh, cc = lstm_step(x, h, c, ww, bb)
            if np.abs(hh - h_new).max() <= 1e-3 and np.abs(cc - c_new).max() <= 1e-3:
                found.append(cols + " " + "".join("figo"[p] for p in place))
    return min(found) if found else "unknown"
