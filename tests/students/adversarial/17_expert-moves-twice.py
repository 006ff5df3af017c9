"""exercise: gan_step
belief: The generator's loss goes back through the discriminator, so its weights move too.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Layers = list[tuple[Array, Array]]


def _discriminator_loss(real: Array, fake: Array) -> tuple[float, Array, Array]:
    def sigmoid(s):
        e = np.exp(-np.abs(s))
        return np.where(s >= 0, 1, e) / (1 + e)

    loss = np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()
    return float(loss), -sigmoid(-real) / len(real), sigmoid(fake) / len(fake)


def _generator_loss(fake: Array, saturating: bool = False) -> tuple[float, Array]:
    sign = 1 if saturating else -1
    z = sign * fake
    loss = -sign * np.logaddexp(0, z).mean()
    e = np.exp(-np.abs(z))
    return float(loss), -np.where(z >= 0, 1, e) / (1 + e) / len(fake)


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


def gan_step(
    generator: Layers,
    discriminator: Layers,
    real: Array,
    z_d: Array,
    z_g: Array,
    lr_d: float,
    lr_g: float,
) -> tuple[Layers, Layers, float, float]:
    def descend(layers, grads, lr):
        return [
            ((w - lr * dw).astype(real.dtype), (b - lr * db).astype(real.dtype))
            for (w, b), (dw, db) in zip(layers, grads)
        ]

    fake = _net_forward(generator, z_d)
    both = np.concatenate([real, fake])
    scores = _net_forward(discriminator, both)[:, 0]
    d_loss, *parts = _discriminator_loss(scores[: len(real)], scores[len(real) :])
    _, grads = _net_backward(discriminator, both, np.concatenate(parts)[:, None])
    discriminator = descend(discriminator, grads, lr_d)

    fresh = _net_forward(generator, z_g)
    g_loss, ds = _generator_loss(_net_forward(discriminator, fresh)[:, 0])
    dfresh, along = _net_backward(discriminator, fresh, ds[:, None])
    _, grads = _net_backward(generator, z_g, dfresh)
    discriminator = descend(discriminator, along, lr_d)
    return descend(generator, grads, lr_g), discriminator, d_loss, g_loss
