"""exercise: augment_warp
belief: Mirroring is done last, on the finished output, by reversing its columns.
"""

import numpy as np


def augment_warp(images, flip, angle, shift, zoom, size):
    n, ch, h, w = images.shape
    rows, cols = size
    result = np.zeros((n, ch, rows, cols), dtype=images.dtype)
    for k in range(n):
        for i in range(rows):
            for j in range(cols):
                a = j - (cols - 1) / 2 - shift[k][0]
                b = i - (rows - 1) / 2 - shift[k][1]
                x = (w - 1) / 2 + (a * np.cos(angle[k]) + b * np.sin(angle[k])) / zoom[k]
                y = (h - 1) / 2 + (-a * np.sin(angle[k]) + b * np.cos(angle[k])) / zoom[k]
                x0, y0 = int(np.floor(x)), int(np.floor(y))
                acc = np.zeros(ch)
                for r in (y0, y0 + 1):
                    for c in (x0, x0 + 1):
                        if 0 <= r < h and 0 <= c < w:
                            acc += images[k, :, r, c] * (1 - abs(x - c)) * (1 - abs(y - r))
                result[k, :, i, j] = acc
        if flip[k]:
            result[k] = result[k, :, :, ::-1].copy()
    return result
