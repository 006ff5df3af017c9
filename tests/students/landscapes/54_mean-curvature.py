"""exercise: bowl_from_path
belief: The best rate is one over the mean of the curvatures.
"""
import numpy as np


def bowl_from_path(path, lr):
    step1, step2 = path[1] - path[0], path[2] - path[1]
    curvature = (1 - step2 / step1) / lr
    best = 1 / np.mean(curvature)
    factor = np.max(np.abs(1 - best * curvature))
    return float(np.max(curvature) / np.min(curvature)), float(best), float(factor)
