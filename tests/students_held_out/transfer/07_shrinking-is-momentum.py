"""exercise: why_it_moved
belief: If each move is a shorter copy of the one before, the momentum ran on.
teacher: Decay shrinks its moves by the same factor each time too; what tells them apart is that decay's moves point to the origin.
"""

import numpy as np


def why_it_moved(path, lr):
    path = np.asarray(path, dtype=float)
    moves = np.diff(path, axis=0)
    if not moves.any():
        return "frozen", 0.0
    m0, m1, w0 = moves[0], moves[1], path[0]
    size = np.linalg.norm(m0)
    # what each cause would predict for the second move
    beta = float(m1 @ m0 / (m0 @ m0))
    rate = float(-(m0 @ w0) / (w0 @ w0)) if w0.any() else 0.0
    off_decay = np.linalg.norm(m0 + rate * w0) / size
    off_decay += np.linalg.norm(m1 + rate * path[1]) / size
    off_gradient = np.linalg.norm(m1 - m0) / size
    if off_gradient < 1e-4 and off_gradient < off_decay:
        return "gradient", float(np.linalg.norm(moves.mean(axis=0)) / lr)
    return "momentum", beta
