"""exercise: gan_step
belief: The fakes that the discriminator has just learned from serve the generator as well.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Layers = list[tuple[Array, Array]]


def _discriminator_loss(real: Array, fake: Array) -> tuple[float, Array, Array]:
    def softplus(s):
        return max(s, 0) + np.log1p(np.exp(-abs(s)))

    def sigmoid(s):
        if s >= 0:
            return 1 / (1 + np.exp(-s))
        return np.exp(s) / (1 + np.exp(s))

    dreal, dfake = np.zeros_like(real), np.zeros_like(fake)
    on_real, on_fake = 0.0, 0.0
    for n, s in enumerate(real):
        on_real += float(softplus(-s))
        dreal[n] = -sigmoid(-s) / len(real)
    for m, s in enumerate(fake):
        on_fake += float(softplus(s))
        dfake[m] = sigmoid(s) / len(fake)
    return on_real / len(real) + on_fake / len(fake), dreal, dfake


def _generator_loss(fake: Array, saturating: bool = False) -> tuple[float, Array]:
    count = len(fake)
    loss, dfake = 0.0, np.zeros_like(fake)
    for m, s in enumerate(fake):
        small = np.exp(-abs(s))
        low, high = small / (1 + small), 1 / (1 + small)
        if saturating:
            loss -= float(max(s, 0) + np.log1p(small)) / count
            dfake[m] = -(high if s > 0 else low) / count
        else:
            loss += float(max(-s, 0) + np.log1p(small)) / count
            dfake[m] = -(low if s > 0 else high) / count
    return loss, dfake


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
    dtype = real.dtype
    fakes = _net_forward(generator, z_d)
    scores_real = _net_forward(discriminator, real)
    scores_fake = _net_forward(discriminator, fakes)
    d_loss, dreal, dfake = _discriminator_loss(scores_real[:, 0], scores_fake[:, 0])
    _, by_real = _net_backward(discriminator, real, dreal[:, None])
    _, by_fake = _net_backward(discriminator, fakes, dfake[:, None])
    new_discriminator = []
    for (w, b), (dw1, db1), (dw2, db2) in zip(discriminator, by_real, by_fake):
        new_w = w - lr_d * (dw1 + dw2)
        new_b = b - lr_d * (db1 + db2)
        new_discriminator.append((new_w.astype(dtype), new_b.astype(dtype)))
    fresh = fakes
    scores = _net_forward(new_discriminator, fresh)
    g_loss, dscores = _generator_loss(scores[:, 0])
    dfresh, _ = _net_backward(new_discriminator, fresh, dscores[:, None])
    _, by_generator = _net_backward(generator, z_d, dfresh)
    new_generator = []
    for (w, b), (dw, db) in zip(generator, by_generator):
        new_generator.append(((w - lr_g * dw).astype(dtype), (b - lr_g * db).astype(dtype)))
    return new_generator, new_discriminator, d_loss, g_loss
