"""exercise: perturbed_gradient_descent
belief: Where it is flat one takes a random step, elsewhere a gradient step.
"""

import numpy as np


def perturbed_gradient_descent(x, gradient, noise, lr, flat):
    path = [x]
    for xi in noise:
        g = gradient(x)
        if np.linalg.norm(g) < flat:
            x = x + xi
        else:
            x = x - lr * g
        path.append(x)
    return np.stack(path)
