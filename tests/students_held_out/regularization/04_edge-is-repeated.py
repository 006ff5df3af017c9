"""exercise: augment_warp
belief: Positions outside of the image take the value of the nearest edge pixel.
"""

import numpy as np


def augment_warp(images, flip, angle, shift, zoom, size):
    N, C, H, W = images.shape
    H2, W2 = size
    out = np.empty((N, C, H2, W2), dtype=images.dtype)
    i, j = np.mgrid[0:H2, 0:W2]
    for n in range(N):
        a = j - (W2 - 1) / 2 - shift[n, 0]
        b = i - (H2 - 1) / 2 - shift[n, 1]
        c, s = np.cos(angle[n]), np.sin(angle[n])
        a2 = (a * c + b * s) / zoom[n]
        b2 = (-a * s + b * c) / zoom[n]
        if flip[n]:
            a2 = -a2
        x = np.clip((W - 1) / 2 + a2, 0, W - 1)
        y = np.clip((H - 1) / 2 + b2, 0, H - 1)
        x0 = np.floor(x).astype(int)
        y0 = np.floor(y).astype(int)
        x1 = np.minimum(x0 + 1, W - 1)
        y1 = np.minimum(y0 + 1, H - 1)
        fx, fy = x - x0, y - y0
        im = images[n]
        top = im[:, y0, x0] * (1 - fx) + im[:, y0, x1] * fx
        bottom = im[:, y1, x0] * (1 - fx) + im[:, y1, x1] * fx
        out[n] = top * (1 - fy) + bottom * fy
    return out
