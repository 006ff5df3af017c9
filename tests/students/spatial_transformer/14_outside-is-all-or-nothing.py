"""exercise: bilinear_sample
belief: A position outside the image, beyond plus or minus one, reads zero altogether.
"""

import numpy as np


def bilinear_sample(image, grid):
    N, C, H, W = image.shape
    _, R, S, _ = grid.shape
    V = np.zeros((N, C, R, S), dtype=image.dtype)
    for n in range(N):
        for r in range(R):
            for s in range(S):
                x, y = float(grid[n, r, s, 0]), float(grid[n, r, s, 1])
                if abs(x) > 1 or abs(y) > 1:
                    continue
                p = (x + 1) * (W - 1) / 2
                q = (y + 1) * (H - 1) / 2
                j0, i0 = int(p), int(q)
                for i in (i0, i0 + 1):
                    for j in (j0, j0 + 1):
                        weight = max(0, 1 - abs(q - i)) * max(0, 1 - abs(p - j))
                        if weight > 0 and i < H and j < W:
                            V[n, :, r, s] += weight * image[n, :, i, j]
    return V
