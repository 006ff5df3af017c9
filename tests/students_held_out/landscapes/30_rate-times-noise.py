"""exercise: perturbed_gradient_descent
belief: The push is scaled by the learning rate.
"""

import numpy as np


def perturbed_gradient_descent(x, gradient, noise, lr, flat):
    out = [x]
    for xi in noise:
        if np.linalg.norm(gradient(x)) < flat:
            x = x + lr * xi
        x = x - lr * gradient(x)
        out.append(x)
    return np.array(out)
