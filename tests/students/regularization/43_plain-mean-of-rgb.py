"""exercise: augment_colour
belief: Grey is the mean of red, green and blue.
"""

import numpy as np


def augment_colour(images, brightness, contrast, saturation, hue):
    b, c, s, h = (f[:, None, None, None] for f in (brightness, contrast, saturation, hue))
    v = np.clip(images * b, 0, 1)
    m = v.mean(axis=1, keepdims=True)
    v = np.clip(c * v + (1 - c) * m.mean(axis=(2, 3), keepdims=True), 0, 1)
    m = v.mean(axis=1, keepdims=True)
    v = np.clip(s * v + (1 - s) * m, 0, 1)
    V = v.max(axis=1, keepdims=True)
    C = V - v.min(axis=1, keepdims=True)
    R, G, B = v[:, 0:1], v[:, 1:2], v[:, 2:3]
    D = np.where(C == 0, 1, C)
    H = np.where(V == R, (G - B) / D, np.where(V == G, 2 + (B - R) / D, 4 + (R - G) / D))
    H = H + 6 * h
    parts = []
    for n in (5, 3, 1):
        k = np.mod(n + H, 6)
        parts.append(V - C * np.clip(np.minimum(k, 4 - k), 0, 1))
    return np.concatenate(parts, axis=1).astype(images.dtype)
