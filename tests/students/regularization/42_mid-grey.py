"""exercise: augment_colour
belief: Contrast moves values away from middle grey, 0.5.
"""

import numpy as np


def augment_colour(images, brightness, contrast, saturation, hue):
    out = np.empty_like(images)
    for n in range(len(images)):
        v = np.clip(images[n] * brightness[n], 0, 1)
        v = np.clip((v - 0.5) * contrast[n] + 0.5, 0, 1)
        g = 0.299 * v[0] + 0.587 * v[1] + 0.114 * v[2]
        v = np.clip(g + saturation[n] * (v - g), 0, 1)
        for i in range(v.shape[1]):
            for j in range(v.shape[2]):
                r, gr, b = v[:, i, j]
                V, C = max(r, gr, b), max(r, gr, b) - min(r, gr, b)
                if C == 0:
                    out[n, :, i, j] = V
                    continue
                if r == V:
                    H = (gr - b) / C
                elif gr == V:
                    H = 2 + (b - r) / C
                else:
                    H = 4 + (r - gr) / C
                H += 6 * hue[n]
                for ch, q in enumerate((5, 3, 1)):
                    k = (q + H) % 6
                    out[n, ch, i, j] = V - C * max(0, min(k, 4 - k, 1))
    return out
