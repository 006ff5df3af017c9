"""exercise: which_penalty
belief: The strength is what the weights lose per step.
"""

import numpy as np


def which_penalty(path, lr):
    first, second, third = path[:3]
    if np.array_equal(first, second):
        return "none", 0.0
    quotient = second / first
    if np.allclose(quotient, quotient[0]):
        if np.allclose(second, third):
            return "max-norm", float(np.sqrt(np.sum(second ** 2)))
        return "l2", float(1 - quotient[0])
    lam = np.max(np.abs(first) - np.abs(second))
    return "l1", float(lam)
