"""exercise: augment_colour
belief: The mean grey value for the contrast is that of the original image.
"""

import numpy as np


def augment_colour(images, brightness, contrast, saturation, hue):
    lum = np.array([0.299, 0.587, 0.114])
    out = np.empty_like(images)
    for n in range(images.shape[0]):
        img = images[n].astype(np.float64)
        mean_grey = np.tensordot(lum, img, axes=1).mean()
        v = np.clip(brightness[n] * img, 0, 1)
        v = np.clip(contrast[n] * v + (1 - contrast[n]) * mean_grey, 0, 1)
        g = np.tensordot(lum, v, axes=1)
        v = np.clip(saturation[n] * v + (1 - saturation[n]) * g, 0, 1)
        mx, mn = v.max(0), v.min(0)
        c = mx - mn
        safe = np.where(c == 0, 1, c)
        R, G, B = v
        H = np.where(mx == R, (G - B) / safe, np.where(mx == G, 2 + (B - R) / safe, 4 + (R - G) / safe))
        H = H + 6 * hue[n]
        for ch, m in enumerate((5, 3, 1)):
            k = (m + H) % 6
            out[n, ch] = mx - c * np.maximum(0, np.minimum(np.minimum(k, 4 - k), 1))
    return out
