"""exercise: augment_colour
belief: It is enough to cut to [0, 1] once, at the end.
"""

import numpy as np


def augment_colour(images, brightness, contrast, saturation, hue):
    def col(f):
        return f.reshape(-1, 1, 1, 1)

    def grey(v):
        return (0.299 * v[:, 0] + 0.587 * v[:, 1] + 0.114 * v[:, 2])[:, None]

    v = images * col(brightness)
    v = col(contrast) * v + (1 - col(contrast)) * grey(v).mean(axis=(1, 2, 3), keepdims=True)
    v = col(saturation) * v + (1 - col(saturation)) * grey(v)
    V = v.max(axis=1)
    C = V - v.min(axis=1)
    D = np.where(C > 0, C, 1)
    r, g, b = v[:, 0], v[:, 1], v[:, 2]
    H = np.where(V == r, (g - b) / D, np.where(V == g, 2 + (b - r) / D, 4 + (r - g) / D))
    H = H + 6 * hue[:, None, None]
    chans = []
    for n in (5, 3, 1):
        k = np.mod(n + H, 6)
        chans.append(V - C * np.clip(np.minimum(k, 4 - k), 0, 1))
    return np.clip(np.stack(chans, axis=1), 0, 1).astype(images.dtype)
