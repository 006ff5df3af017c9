"""exercise: denoising_loss
belief: The net has to find the clean data, so its guess is compared with x0.
"""

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
    # q_sample and p_losses, as in lucidrains/denoising-diffusion-pytorch
    extract = lambda a: np.take(a, t).reshape(-1, 1).astype(x0.dtype)
    signal, sigma = extract(np.sqrt(alpha_bar)), extract(np.sqrt(1 - alpha_bar))
    x_t = signal * x0 + sigma * noise
    model_in = np.hstack([x_t, signal, sigma])
    target = x0
    model_out = net_forward(layers, model_in)
    mse = np.square(model_out - target).mean()
    d_out = (model_out - target) * (2 / target.size)
    return x_t, float(mse), net_backward(layers, model_in, d_out)[1]
