"""exercise: augment_warp
belief: The image is turned and enlarged about its first pixel, so the centre need not be
subtracted.
"""

import numpy as np


def augment_warp(images, flip, angle, shift, zoom, size):
    n, c, h, w = images.shape
    H, W = size
    out = np.zeros((n, c, H, W), dtype=images.dtype)
    ii, jj = np.meshgrid(np.arange(H), np.arange(W), indexing="ij")
    for k in range(n):
        a = jj - shift[k, 0]
        b = ii - shift[k, 1]
        x = (a * np.cos(angle[k]) + b * np.sin(angle[k])) / zoom[k]
        y = (-a * np.sin(angle[k]) + b * np.cos(angle[k])) / zoom[k]
        if flip[k]:
            x = (w - 1) - x
        x0 = np.floor(x).astype(int)
        y0 = np.floor(y).astype(int)
        for dy in (0, 1):
            for dx in (0, 1):
                xx, yy = x0 + dx, y0 + dy
                ok = (xx >= 0) & (xx < w) & (yy >= 0) & (yy < h)
                wt = (1 - abs(x - xx)) * (1 - abs(y - yy)) * ok
                pix = images[k][:, np.clip(yy, 0, h - 1), np.clip(xx, 0, w - 1)]
                out[k] += (wt * pix).astype(images.dtype)
    return out
