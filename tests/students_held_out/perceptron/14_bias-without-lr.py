"""exercise: perceptron_update
belief: The bias moves by the error.
"""


def perceptron_update(w, x, target, lr):
    e = target - (1 if w[0] + w[1:] @ x >= 0 else 0)
    new = w.copy()
    new[0] = w[0] + e
    new[1:] = w[1:] + lr * e * x
    return new
