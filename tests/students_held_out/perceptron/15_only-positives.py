"""exercise: perceptron_update
belief: A neuron learns when it should have fired.
"""


def perceptron_update(w, x, target, lr):
    new = w.copy()
    fires = w[0] + w[1:] @ x >= 0
    if target == 1 and not fires:
        new[0] += lr
        new[1:] += lr * x
    return new
