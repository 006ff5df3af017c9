"""exercise: patchify
belief: Rows and columns that fill no patch are filled up with zeros, so that nothing of the image is lost.
teacher: What fills no patch is left out here; filled up, there are more patches than asked for.
"""

import numpy as np


def patchify(images, size):
    N, C, H, W = images.shape
    images = np.pad(images, ((0, 0), (0, 0), (0, -H % size), (0, -W % size)))
    H, W = images.shape[2:]
    vectors = []
    for i in range(0, H - size + 1, size):
        for j in range(0, W - size + 1, size):
            patch = images[:, :, i:i + size, j:j + size]
            vectors.append(patch.reshape(N, -1))
    return np.stack(vectors, axis=1)
