"""The lines of the bench for regression: least squares, ridge, logistic and softmax steps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from reference import regression as ref
from reference.bench.data import RNG, Tensor, floats, nn, plain, tensors, torch
from reference.bench.measure import Call, Row
from reference.bench.rivals import by_jax, jax

__all__ = ["fits"]


def _logistic(x: Tensor, y: Tensor, theta: Tensor) -> Tensor:
    z = x @ theta
    loss = nn.binary_cross_entropy_with_logits(z, y)
    return loss, (torch.sigmoid(z) - y) @ x / len(y)


def _jax_logistic(x: Tensor, y: Tensor, theta: Tensor) -> Tensor:
    def loss(theta: Tensor) -> Tensor:
        z = x @ theta
        return (jax.numpy.logaddexp(0, z) - y * z).mean()

    return jax.value_and_grad(loss)(theta)


def _softmax(x: Tensor, labels: Tensor, theta: Tensor) -> Tensor:
    misses = torch.softmax(x @ theta.T, 1)
    misses[torch.arange(len(x)), labels] -= 1
    return misses.T @ x / len(x)


def _ridge(x: Tensor, y: Tensor, *, penalty: Tensor) -> Tensor:
    return torch.linalg.solve(x.T @ x + penalty, x.T @ y)


def fits(large: bool) -> Iterator[Row]:
    """Take a step towards the least squares, and of a classifier; solve with a penalty."""
    n, d, k = (8192, 256, 10) if large else (256, 16, 3)
    x, y, theta = floats(n, d), floats(n), floats(d, scale=d**-0.5)
    size, labels = f"{n}x{d}", RNG.integers(0, k, n)
    call: Call = partial(ref.mse_gradient, x, y, theta)
    peers = by_jax(lambda x, y, t: (x @ t - y) @ x * (2 / n), x, y, theta) | plain(call)
    if torch:
        tx, ty, tt = tensors(x, y, theta)
        peers["torch"] = lambda: (tx @ tt - ty) @ tx * (2 / n)
    yield Row("least squares gradient", size, call, peers, flops=4.0 * x.size, rtol=1e-3)
    truth = (y > 0).astype(np.float32)
    call = partial(ref.logistic_loss, x, truth, theta)
    peers = by_jax(_jax_logistic, x, truth, theta) | plain(call)
    if torch:
        peers["torch"] = partial(_logistic, tx, tensors(truth)[0], tt)
    yield Row("logistic step", size, call, peers, flops=4.0 * x.size, rtol=1e-3)
    rows = floats(k, d, scale=d**-0.5)
    call = partial(ref.softmax_gradient, x, labels, rows)
    peers = plain(call)
    if torch:
        peers["torch"] = partial(_softmax, tx, *tensors(labels, rows))
    yield Row("softmax step", f"{size}->{k}", call, peers, flops=4.0 * k * x.size, rtol=1e-3)
    wide, goals = (floats(*shape, dtype=np.float64) for shape in ((n, d), (n,)))
    wide[:, 0] = 1
    call = partial(ref.ridge, wide, goals, 0.5)
    peers = plain(call)
    if torch:
        penalty = 0.5 * torch.eye(d, dtype=torch.float64)
        penalty[0, 0] = 0  # the constant is not held back
        peers["torch"] = partial(_ridge, *tensors(wide, goals), penalty=penalty)
    yield Row("ridge", f"{size} f64", call, peers, flops=4.0 * x.size * d)
