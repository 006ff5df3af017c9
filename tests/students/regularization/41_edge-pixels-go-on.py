"""exercise: augment_warp
belief: Outside of the image its border pixels go on.
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
                xa = (a * c + b * s) / zoom[k]
                ya = (-a * s + b * c) / zoom[k]
                x = (W - 1) / 2 + (-xa if flip[k] else xa)
                y = (H - 1) / 2 + ya
                x0, y0 = int(np.floor(x)), int(np.floor(y))
                for yy in (y0, y0 + 1):
                    for xx in (x0, x0 + 1):
                        wgt = (1 - abs(x - xx)) * (1 - abs(y - yy))
                        out[k, :, i, j] += (
                            wgt * images[k, :, min(max(yy, 0), H - 1), min(max(xx, 0), W - 1)]
                        )
    return out
