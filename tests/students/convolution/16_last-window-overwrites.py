"""exercise: pool_backward
belief: Each window writes its gradient to its winner, and where windows overlap the last one counts.
"""

import numpy as np


def pool_backward(dy, x, size, stride=None, padding=0, kind="max"):
    s = stride or size
    N, C, H, W = x.shape
    dx = np.zeros_like(x)
    for (n, c, i, j), g in np.ndenumerate(dy):
        # the part of the window that lies on the image
        top, left = i * s - padding, j * s - padding
        r0, r1 = max(top, 0), min(top + size, H)
        c0, c1 = max(left, 0), min(left + size, W)
        if r0 >= r1 or c0 >= c1:
            continue
        if kind == "average":
            dx[n, c, r0:r1, c0:c1] += g / ((r1 - r0) * (c1 - c0))
            continue
        patch = x[n, c, r0:r1, c0:c1]
        k = int(patch.argmax())
        dr, dc = divmod(k, c1 - c0)
        dx[n, c, r0 + dr, c0 + dc] = g
    return dx
