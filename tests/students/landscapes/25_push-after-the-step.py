"""exercise: perturbed_gradient_descent
belief: First the gradient step, and then noise if the gradient was small.
"""

import numpy as np


def perturbed_gradient_descent(x, gradient, noise, lr, flat):
    path = [x.copy()]
    for t in range(len(noise)):
        g = gradient(x)
        x = x - lr * g
        if np.linalg.norm(g) < flat:
            x = x + noise[t]
        path.append(x)
    return np.array(path)
