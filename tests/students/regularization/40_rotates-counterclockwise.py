"""exercise: augment_warp
belief: A positive angle turns counterclockwise.
"""

import numpy as np


def augment_warp(images, flip, angle, shift, zoom, size):
    n, ch, H, W = images.shape
    h2, w2 = size
    out = np.zeros((n, ch, h2, w2), dtype=images.dtype)
    for k in range(n):
        c, s = np.cos(angle[k]), np.sin(angle[k])
        for i in range(h2):
            for j in range(w2):
                a = j - (w2 - 1) / 2 - shift[k, 0]
                b = i - (h2 - 1) / 2 - shift[k, 1]
                xa = (a * c - b * s) / zoom[k]
                ya = (a * s + b * c) / zoom[k]
                if flip[k]:
                    xa = -xa
                x, y = (W - 1) / 2 + xa, (H - 1) / 2 + ya
                x0, y0 = int(np.floor(x)), int(np.floor(y))
                for yy in (y0, y0 + 1):
                    for xx in (x0, x0 + 1):
                        if 0 <= yy < H and 0 <= xx < W:
                            out[k, :, i, j] += (
                                (1 - abs(x - xx)) * (1 - abs(y - yy)) * images[k, :, yy, xx]
                            )
    return out
