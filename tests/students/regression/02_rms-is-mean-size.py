"""exercise: mse
belief: The root undoes each square, then the average is taken.
"""

import numpy as np


def mse(prediction, target, root=False):
    prediction = np.array(prediction).flatten()
    target = np.array(target).flatten()
    errors = [(p - t) ** 2 for p, t in zip(prediction, target)]
    if root:
        return float(sum(np.sqrt(e) for e in errors) / len(errors))
    return float(sum(errors) / len(errors))
