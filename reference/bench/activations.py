"""The lines of the bench for activations: each with its derivative, as training needs both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from reference import activations
from reference.bench.data import Peers, Tensor, aten, floats, nn, tensors, torch
from reference.bench.measure import Call, Row
from reference.bench.rivals import by_jax, by_onnx, jax

__all__ = ["curves", "gates", "scores"]


def _by_hand(z: Tensor) -> dict[str, Call]:
    """Return what PyTorch does for the curves: forward, and its own backward kernel."""
    ones = torch.ones_like(z)

    def sigmoid() -> Tensor:
        a = torch.sigmoid(z)
        return a, aten.sigmoid_backward(ones, a)

    def tanh() -> Tensor:
        a = torch.tanh(z)
        return a, aten.tanh_backward(ones, a)

    def elu() -> Tensor:
        return nn.elu(z), aten.elu_backward(ones, 1.0, 1.0, 1.0, False, z)

    return {
        "sigmoid": sigmoid,
        "tanh": tanh,
        "elu": elu,
        "leaky": lambda: (nn.leaky_relu(z, 0.1), aten.leaky_relu_backward(ones, z, 0.1, False)),
        "softplus": lambda: (nn.softplus(z), aten.softplus_backward(ones, z, 1.0, 20.0)),
        "silu": lambda: (nn.silu(z), aten.silu_backward(ones, z)),
        "gelu": lambda: (nn.gelu(z), aten.gelu_backward(ones, z)),
    }


def _jax_curves() -> dict[str, Any]:
    found = jax.nn
    return {
        "sigmoid": found.sigmoid,
        "tanh": jax.numpy.tanh,
        "elu": found.elu,
        "leaky": partial(found.leaky_relu, negative_slope=0.1),
        "softplus": found.softplus,
        "silu": found.silu,
        "gelu": partial(found.gelu, approximate=False),
    }


def curves(large: bool) -> Iterator[Row]:
    """Bend many numbers, and take the derivative."""
    n, k = (1024, 1024) if large else (64, 100)
    z = floats(n, k)
    theirs = _by_hand(*tensors(z)) if torch else {}
    for kind in ("sigmoid", "tanh", "leaky", "elu", "softplus", "silu", "gelu"):
        call: Tensor = partial(activations.smooth_unit, z, kind)
        if kind in ("sigmoid", "tanh"):
            call = partial(activations.squash, z, kind)
        elif kind in ("leaky", "elu"):
            call = partial(activations.rectifier, z, kind, 0.1 if kind == "leaky" else 1.0)
        peers: Peers = {"torch": theirs[kind]} if torch else {}
        if jax:
            curve = _jax_curves()[kind]
            peers |= by_jax(lambda z, f=curve: jax.jvp(f, (z,), (jax.numpy.ones_like(z),)), z)
        yield Row(f"{kind} and derivative", f"{n}x{k}", call, peers, bytes=12.0 * z.size)


def scores(large: bool) -> Iterator[Row]:
    """Take the softmax and its logarithm, forward and backward."""
    n, k = (1024, 1000) if large else (64, 10)
    z, dy = floats(n, k), floats(n, k)
    for log in (False, True):
        name = "log-softmax" if log else "softmax"
        forward: Peers = {}
        backward: Peers = {}
        if torch:
            tz, tdy = tensors(z, dy)
            run = torch.log_softmax if log else torch.softmax
            back = aten._log_softmax_backward_data if log else aten._softmax_backward_data
            forward["torch"] = partial(run, tz, 1)
            backward["torch"] = partial(
                lambda z, dy, run, back: back(dy, run(z, 1), 1, z.dtype), tz, tdy, run, back
            )
        if jax:
            both: Tensor = jax.nn.log_softmax if log else jax.nn.softmax
            forward |= by_jax(both, z)
            backward |= by_jax(lambda z, dy, f=both: jax.vjp(f, z)[1](dy)[0], z, dy)
        forward |= by_onnx("LogSoftmax" if log else "Softmax", z, axis=1)
        call = partial(activations.softmax, z, log=log)
        yield Row(name, f"{n}x{k}", call, forward, bytes=8.0 * z.size)
        call = partial(activations.softmax_backward, dy, z, log=log)
        yield Row(f"{name} backward", f"{n}x{k}", call, backward, bytes=12.0 * z.size)


def gates(large: bool) -> Iterator[Row]:
    """Backpropagate through a gated layer; find the largest of several pieces."""
    n, d, f = (256, 512, 1024) if large else (32, 64, 128)
    dy, x = floats(n, f), floats(n, d)
    w, v = floats(f, d, scale=d**-0.5), floats(f, d, scale=d**-0.5)
    peers: Peers = {}
    if torch:
        tensor = tensors(dy, x, w, v)

        def by_hand(dy: Tensor, x: Tensor, w: Tensor, v: Tensor) -> Tensor:
            gate, message = x @ w.T, x @ v.T
            dgate = aten.silu_backward(dy * message, gate)
            dmessage = dy * nn.silu(gate)
            return dgate @ w + dmessage @ v, dgate.T @ x, dmessage.T @ x

        peers["torch"] = partial(by_hand, *tensor)
    call: Tensor = partial(activations.swiglu_backward, dy, x, w, v)
    yield Row("swiglu backward", f"{n}x{d}->{f}", call, peers, flops=16.0 * n * d * f, goal=0.95)
    w, b = floats(4, f, d, scale=d**-0.5), floats(4, f)
    peers = {}
    if torch:
        tx, tw, tb = tensors(x, w, b)
        peers["torch"] = partial(
            lambda x, w, b: tuple((torch.matmul(x, w.mT) + b[:, None]).max(0)), tx, tw, tb
        )
    call = partial(activations.maxout, x, w, b)
    yield Row("maxout", f"{n}x{d}->4x{f}", call, peers, flops=8.0 * n * d * f, goal=0.95)
