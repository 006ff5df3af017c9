"""exercise: perturbed_gradient_descent
belief: The path holds the points after each step.
"""

import numpy as np


def perturbed_gradient_descent(x, gradient, noise, lr, flat):
    out = np.zeros_like(noise)
    for t in range(len(noise)):
        if np.linalg.norm(gradient(x)) < flat:
            x = x + noise[t]
        x = x - lr * gradient(x)
        out[t] = x
    return out
