"""exercise: gan_step
belief: Both halves belong to one step, so both use the discriminator from before the step.
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


def gan_step(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    N, M, L = len(real), len(z_d), len(z_g)

    # ---------- the discriminator's half ----------
    fakes = net_forward(generator, z_d)
    everything = np.concatenate([real, fakes])
    scores = net_forward(discriminator, everything)[:, 0]
    d_loss = 0.0
    dscores = np.zeros_like(scores)
    for i in range(N + M):
        s = float(scores[i])
        e = math.exp(-abs(s))
        p = 1 / (1 + e) if s >= 0 else e / (1 + e)
        if i < N:
            d_loss += (max(-s, 0) + math.log1p(e)) / N
            dscores[i] = (p - 1) / N
        else:
            d_loss += (max(s, 0) + math.log1p(e)) / M
            dscores[i] = p / M
    _, d_grads = net_backward(discriminator, everything, dscores[:, None])
    moved = []
    for (w, b), (dw, db) in zip(discriminator, d_grads):
        moved.append((w - lr_d * dw, b - lr_d * db))

    # ---------- the generator's half ----------
    judge = discriminator
    fresh = net_forward(generator, z_g)
    scores = net_forward(judge, fresh)[:, 0]
    g_loss = 0.0
    dscores = np.zeros_like(scores)
    for i in range(L):
        s = float(scores[i])
        g_loss += (max(-s, 0) + math.log1p(math.exp(-abs(s)))) / L
        dscores[i] = -0.5 * (1 - math.tanh(s / 2)) / L
    dfakes, _ = net_backward(judge, fresh, dscores[:, None])
    _, g_grads = net_backward(generator, z_g, dfakes)
    learned = []
    for (w, b), (dw, db) in zip(generator, g_grads):
        learned.append((w - lr_g * dw, b - lr_g * db))
    return learned, moved, d_loss, g_loss
