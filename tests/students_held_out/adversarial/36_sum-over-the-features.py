"""exercise: denoising_loss
belief: The squared error of a sample is summed over its D numbers, and the mean is taken over the samples.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Layers = list[tuple[Array, Array]]


def net_forward(layers: Layers, x: Array) -> Array:
    """Return the output, of shape (N, K), of a net for inputs x of shape (N, D)."""
    for number, (w, b) in enumerate(layers, 1):
        x = x @ w.T + b
        if number < len(layers):
            x = np.where(x > 0, x, 0.2 * x)
    return x


def net_backward(layers: Layers, x: Array, dy: Array) -> tuple[Array, Layers]:
    """Return the gradients by x, of shape (N, D), and by the layers, for the gradient dy by y."""
    inputs = [x]
    for k in range(len(layers) - 1):
        z = net_forward(layers[k : k + 1], inputs[-1])
        inputs.append(np.where(z > 0, z, 0.2 * z))
    grads = []
    for (w, _), a in zip(layers[::-1], inputs[::-1]):
        grads.append((dy.T @ a, dy.sum(axis=0)))
        dy = dy @ w
        if a is not x:
            dy = np.where(a > 0, dy, 0.2 * dy)
    return dy, grads[::-1]


def denoising_loss(layers, x0, t, noise, alpha_bar):
    N, D = x0.shape
    noisy = np.zeros((N, D), dtype=x0.dtype)
    net_input = np.zeros((N, D + 2), dtype=x0.dtype)
    for n in range(N):
        share = float(alpha_bar[t[n]])
        for j in range(D):
            noisy[n, j] = math.sqrt(share) * x0[n, j] + math.sqrt(1 - share) * noise[n, j]
        net_input[n, :D] = noisy[n]
        net_input[n, D] = math.sqrt(share)
        net_input[n, D + 1] = math.sqrt(1 - share)
    predicted = net_forward(layers, net_input)
    gap = predicted - noise
    count = N
    loss = float(np.sum(gap * gap)) / count
    dpredicted = 2 * gap / count
    gradients = net_backward(layers, net_input, dpredicted)[1]
    return noisy, loss, gradients
