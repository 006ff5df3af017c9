"""exercise: patchify
belief: The patches are numbered downwards, column by column.
teacher: They are read like a text, line by line from the top left: the patch to the right comes next.
"""

import numpy as np


def patchify(images, size):
    win = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(2, 3))
    win = win[:, :, ::size, ::size]                 # N, C, rows, columns, P, P
    win = np.moveaxis(win, 1, 3)                    # N, rows, columns, C, P, P
    win = np.swapaxes(win, 1, 2)
    n, a, b = win.shape[:3]
    return win.reshape(n, a * b, -1).copy()
