"""exercise: perturbed_gradient_descent
belief: Noise is always added; SGD is noisy everywhere.
"""

import numpy as np


def perturbed_gradient_descent(x, gradient, noise, lr, flat):
    out = [x]
    for xi in noise:
        x = x + xi
        x = x - lr * gradient(x)
        out.append(x)
    return np.array(out)
