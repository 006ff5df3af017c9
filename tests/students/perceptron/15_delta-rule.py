"""exercise: perceptron_update
belief: The error is the distance of the sum to the target.
"""


def perceptron_update(w, x, target, lr):
    z = w[0] + w[1:] @ x
    err = target - z
    new = w.copy()
    new[0] += lr * err
    new[1:] += lr * err * x
    return new
