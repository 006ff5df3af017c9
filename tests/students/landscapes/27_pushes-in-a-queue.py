"""exercise: perturbed_gradient_descent
belief: The pushes are used up one after the other, whenever one is needed.
"""

import numpy as np


def perturbed_gradient_descent(x, gradient, noise, lr, flat):
    used = 0
    path = [x]
    for _ in range(len(noise)):
        if np.sqrt((gradient(x) ** 2).sum()) < flat:
            x = x + noise[used]
            used += 1
        x = x - lr * gradient(x)
        path.append(x)
    return np.array(path)
