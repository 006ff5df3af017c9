"""exercise: name_the_bug
belief: For "half_pixel" the target and the source are both converted with the size of the input image.
"""

import numpy as np

NAMES = ["right", "inverse", "swapped", "half_pixel", "nearest", "clamped"]


def invert(theta):
    full = np.zeros((len(theta), 3, 3))
    full[:, :2] = theta
    full[:, 2, 2] = 1
    return np.linalg.inv(full)[:, :2].astype(theta.dtype)


def name_the_bug(image, theta, picture):
    R, S = picture.shape[2:]
    H, W = image.shape[2:]
    grid = affine_grid(theta, (R, S))
    to_edges = np.array([(W - 1) / W, (H - 1) / H])
    target = affine_grid(np.tile(np.eye(2, 3), (len(theta), 1, 1)), (R, S)) * to_edges
    moved = np.einsum("nij,nrsj->nrsi", theta[:, :, :2], target) + theta[:, None, None, :, 2]
    half_pixel = moved / to_edges
    pictures = [
        bilinear_sample(image, grid),
        bilinear_sample(image, affine_grid(invert(theta), (R, S))),
        bilinear_sample(image, grid[..., [1, 0]]),
        bilinear_sample(image, half_pixel),
        nearest_sample(image, grid),
        bilinear_sample(image, np.clip(grid, -1, 1)),
    ]
    gaps = np.array([((p - picture) ** 2).mean() for p in pictures]).astype(image.dtype)
    return NAMES[gaps.argmin()], gaps
