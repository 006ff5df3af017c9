"""exercise: perceptron_update
belief: w[0] is the threshold and is subtracted.
"""


def perceptron_update(w, x, target, lr):
    out = 1 if w[1:] @ x >= w[0] else 0
    e = target - out
    new = w.copy()
    new[1:] = w[1:] + lr * e * x
    new[0] = w[0] - lr * e
    return new
