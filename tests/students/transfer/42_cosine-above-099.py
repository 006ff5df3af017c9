"""exercise: why_it_moved
belief: If the cosine between the first move and the weights is above 0.99 in size, they point the same way: decay.
"""
import numpy as np


def why_it_moved(path, lr):
    if np.array_equal(path, np.broadcast_to(path[0], path.shape)):
        return "frozen", 0.0
    one, two = path[1] - path[0], path[2] - path[1]
    if np.linalg.norm(one - two) < 1e-4 * np.linalg.norm(one):
        return "gradient", float(np.linalg.norm(one) / lr)
    shrink = np.linalg.norm(two) / np.linalg.norm(one)
    cosine = one @ path[0] / (np.linalg.norm(one) * np.linalg.norm(path[0]))
    if abs(cosine) > 0.99:
        return "decay", float((1 - shrink) / lr)
    return "momentum", float(shrink)
