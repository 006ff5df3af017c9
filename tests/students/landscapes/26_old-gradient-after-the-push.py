"""exercise: perturbed_gradient_descent
belief: The gradient has just been measured; one measurement a step is enough.
"""

import numpy as np


def perturbed_gradient_descent(x, gradient, noise, lr, flat):
    path = np.zeros((len(noise) + 1, len(x)), dtype=x.dtype)
    path[0] = x
    for t, xi in enumerate(noise):
        g = gradient(path[t])
        p = path[t] + xi if np.linalg.norm(g) < flat else path[t]
        path[t + 1] = p - lr * g
    return path
