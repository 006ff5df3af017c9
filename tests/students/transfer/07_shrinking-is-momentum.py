"""exercise: why_it_moved
belief: Moves that are shorter copies of each other come from the momentum; only a decay whose path ends near zero is a decay.
teacher: Both shrink: look where they point. Decay points to the origin from the first step on.
"""

import numpy as np


def why_it_moved(path, lr):
    path = path.astype(float)
    moves = np.diff(path, axis=0)
    if not moves.any():
        return "frozen", 0.0
    if np.abs(moves[1] - moves[0]).max() <= 1e-5 * np.abs(moves[0]).max():
        return "gradient", float(np.linalg.norm(moves[0]) / lr)
    share = -(moves[0] @ path[0]) / (path[0] @ path[0])
    if np.abs(path[-1]).max() <= 0.01 * np.abs(path[0]).max():
        return "decay", float(share / lr)
    return "momentum", float((moves[1] @ moves[0]) / (moves[0] @ moves[0]))
