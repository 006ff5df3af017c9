"""exercise: perturbed_gradient_descent
belief: Flat means that all entries of the gradient are small.
"""

import numpy as np


def perturbed_gradient_descent(x, gradient, noise, lr, flat):
    out = [x]
    for xi in noise:
        if (np.abs(gradient(x)) < flat).all():
            x = x + xi
        x = x - lr * gradient(x)
        out.append(x)
    return np.array(out)
