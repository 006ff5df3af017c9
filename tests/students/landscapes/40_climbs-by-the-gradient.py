"""exercise: sam_step
belief: The neighbour is rho times the gradient away.
"""


def sam_step(param, gradient, lr=0.1, rho=0.05):
    g = gradient(param)
    return param - lr * gradient(param + rho * g)
