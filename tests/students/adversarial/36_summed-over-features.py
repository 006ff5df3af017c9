"""exercise: denoising_loss
belief: The loss of a sample is the squared length of its error, and the mean is over samples.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Layers = list[tuple[Array, Array]]


def _net_forward(layers: Layers, x: Array) -> Array:
    for number, (w, b) in enumerate(layers, 1):
        x = x @ w.T + b
        if number < len(layers):
            x = np.where(x > 0, x, 0.2 * x)
    return x


def _net_backward(layers: Layers, x: Array, dy: Array) -> tuple[Array, Layers]:
    inputs = [x]
    for k in range(len(layers) - 1):
        z = _net_forward(layers[k : k + 1], inputs[-1])
        inputs.append(np.where(z > 0, z, 0.2 * z))
    grads = []
    for (w, _), a in zip(layers[::-1], inputs[::-1]):
        grads.append((dy.T @ a, dy.sum(axis=0)))
        dy = dy @ w
        if a is not x:
            dy = np.where(a > 0, dy, 0.2 * dy)
    return dy, grads[::-1]


def denoising_loss(
    layers: Layers, x0: Array, t: NDArray[np.integer], noise: Array, alpha_bar: Array
) -> tuple[Array, float, Layers]:
    count, size = x0.shape
    noisy = np.zeros_like(x0)
    inputs = np.zeros((count, size + 2), dtype=x0.dtype)
    for n in range(count):
        keep, drown = np.sqrt(alpha_bar[t[n]]), np.sqrt(1 - alpha_bar[t[n]])
        noisy[n] = keep * x0[n] + drown * noise[n]
        inputs[n, :size] = noisy[n]
        inputs[n, size] = keep
        inputs[n, size + 1] = drown
    gap = _net_forward(layers, inputs) - noise
    loss = float(np.sum(gap**2)) / count
    _, grads = _net_backward(layers, inputs, 2 * gap / count)
    return noisy, loss, [(dw.astype(x0.dtype), db.astype(x0.dtype)) for dw, db in grads]
