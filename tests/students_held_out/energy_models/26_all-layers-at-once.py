"""exercise: dbn_pretrain
belief: All machines are trained together: each minibatch goes up the stack, and every layer takes a step.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow, in the dtype of z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def dbn_pretrain(x, layers, batches, uniforms, lr):
    stack = [tuple(layer) for layer in layers]

    def up(v, upto):
        for w, _, d in stack[:upto]:
            v = logistic(v @ w + d)
        return v

    def learn(level, s):
        w, b, d = stack[level]
        u_h, u_x = (u[s] for u in uniforms[level])
        v = up(x[batches[s]], level)
        p = logistic(v @ w + d)
        v1 = 1.0 * (u_x < logistic(1.0 * (u_h < p) @ w.T + b))
        p1 = logistic(v1 @ w + d)
        stack[level] = (
            w + lr * (v.T @ p - v1.T @ p1) / len(v),
            b + lr * np.mean(v - v1, 0),
            d + lr * np.mean(p - p1, 0),
        )

    for s in range(len(batches)):
        for level in range(len(stack)):
            learn(level, s)
    return stack, up(x, len(stack))
