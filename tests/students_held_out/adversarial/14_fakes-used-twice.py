"""exercise: gan_step
belief: The fakes of the discriminator's half can be used again in the generator's half; that saves a forward pass.
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


def gan_step(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    def sigmoid(s):
        return 0.5 * (1 + np.tanh(0.5 * s))

    def sgd(layers, grads, lr):
        return [(w - lr * dw, b - lr * db) for (w, b), (dw, db) in zip(layers, grads)]

    # (1) update D: maximize log(D(x)) + log(1 - D(G(z)))
    fake = net_forward(generator, z_d)
    r, f = net_forward(discriminator, real), net_forward(discriminator, fake)
    _, grads_r = net_backward(discriminator, real, -sigmoid(-r) / len(r))
    _, grads_f = net_backward(discriminator, fake, sigmoid(f) / len(f))
    both = [(a + c, b + d) for (a, b), (c, d) in zip(grads_r, grads_f)]
    new_d = sgd(discriminator, both, lr_d)
    d_loss = np.logaddexp(0, -r).mean() + np.logaddexp(0, f).mean()

    # (2) update G: maximize log(D(G(z)))
    z_g = z_d
    fresh = net_forward(generator, z_g)
    s = net_forward(new_d, fresh)
    g_loss = np.logaddexp(0, -s).mean()
    dfresh, _ = net_backward(new_d, fresh, -sigmoid(-s) / len(s))
    _, grads_g = net_backward(generator, z_g, dfresh)
    return sgd(generator, grads_g, lr_g), new_d, float(d_loss), float(g_loss)
