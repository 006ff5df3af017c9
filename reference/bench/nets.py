"""The models of the bench once more: as graphs for ONNX Runtime, and as functions for JAX."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from reference.bench.data import Array, Peers, Tensor
from reference.bench.rivals import Graph, by_jax, jax, runtime

__all__ = ["inferring", "learning"]

Parameters = dict[str, Array]


class _Onnx:
    """Writes layers into a graph."""

    def __init__(self, parameters: Parameters) -> None:
        self.graph, self.p = Graph(), parameters

    def dense(self, layer: str, x: str) -> str:
        return self.graph.add("Gemm", x, self.p[f"{layer} w"], self.p[f"{layer} b"], transB=1)

    def conv(self, layer: str, x: str, padding: int) -> str:
        w, b = self.p[f"{layer} w"], self.p[f"{layer} b"]
        return self.graph.add("Conv", x, w, b, pads=[padding] * 4)

    def relu(self, x: str) -> str:
        return self.graph.add("Relu", x)

    def pool(self, x: str) -> str:
        return self.graph.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])

    def flat(self, x: str) -> str:
        return self.graph.add("Flatten", x)

    def mean(self, x: str) -> str:
        return self.flat(self.graph.add("GlobalAveragePool", x))

    def join(self, x: str, y: str) -> str:
        return self.graph.add("Add", x, y)


class _Jax:
    """The same layers as functions of arrays."""

    def __init__(self, parameters: Parameters) -> None:
        self.p = parameters

    def dense(self, layer: str, x: Tensor) -> Tensor:
        return x @ self.p[f"{layer} w"].T + self.p[f"{layer} b"]

    def conv(self, layer: str, x: Tensor, padding: int) -> Tensor:
        y = jax.lax.conv_general_dilated(x, self.p[f"{layer} w"], [1, 1], [(padding, padding)] * 2)
        return y + self.p[f"{layer} b"][:, None, None]

    def relu(self, x: Tensor) -> Tensor:
        return jax.nn.relu(x)

    def pool(self, x: Tensor) -> Tensor:
        two = (1, 1, 2, 2)
        return jax.lax.reduce_window(x, -jax.numpy.inf, jax.lax.max, two, two, "VALID")

    def flat(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), -1)

    def mean(self, x: Tensor) -> Tensor:
        return x.mean((2, 3))

    def join(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


def _mlp(net: Tensor, x: Tensor) -> Tensor:
    for layer in "01":
        x = net.relu(net.dense(layer, x))
    return net.dense("2", x)


def _lenet(net: Tensor, x: Tensor) -> Tensor:
    for layer, padding in (("c1", 2), ("c2", 0)):
        x = net.pool(net.relu(net.conv(layer, x, padding)))
    x = net.flat(x)
    for layer in ("d1", "d2"):
        x = net.relu(net.dense(layer, x))
    return net.dense("d3", x)


def _residual(net: Tensor, x: Tensor) -> Tensor:
    x = net.relu(net.conv("in", x, 1))
    for k in "01":
        inner = net.relu(net.conv(f"{k}a", x, 1))
        x = net.relu(net.join(net.conv(f"{k}b", inner, 1), x))
    return net.dense("out", net.mean(x))


_NETS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mlp 784-300-100-10": _mlp,
    "lenet-5": _lenet,
    "residual net": _residual,
}


def inferring(name: str, parameters: Parameters, x: Array) -> Peers:
    """Return ONNX Runtime and JAX classifying by the model of this name."""
    net, peers = _NETS[name], by_jax(lambda p, x: _NETS[name](_Jax(p), x), parameters, x)
    if runtime:
        written = _Onnx(parameters)
        peers |= written.graph.peers(net(written, "x"), x=x)
    return peers


def _adam(state: Tensor, slopes: Tensor, lr: float) -> Tensor:
    """Return parameters, moments and count after a step of Adam in JAX."""
    p, mean, square, count = state
    spread, count = jax.tree.map, count + 1
    mean = spread(lambda m, g: 0.9 * m + 0.1 * g, mean, slopes)
    square = spread(lambda v, g: 0.999 * v + 0.001 * g * g, square, slopes)
    pace, root = lr / (1 - 0.9**count), (1 - 0.999**count) ** 0.5

    def moved(p: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - pace * m / (jax.numpy.sqrt(v) / root + 1e-8)

    return spread(moved, p, mean, square), mean, square, count


def learning(name: str, parameters: Parameters, lr: float, x: Array, labels: Array) -> Peers:
    """Return JAX on a step of learning by the model of this name, compiled as a whole."""
    if not jax:
        return {}
    start = {key: value.copy() for key, value in parameters.items()}  # ours learn in place

    def loss_of(p: Tensor, x: Tensor, labels: Tensor) -> Tensor:
        chances = jax.nn.log_softmax(_NETS[name](_Jax(p), x))
        return -chances[jax.numpy.arange(len(x)), labels].mean()

    def step(state: Tensor, x: Tensor, labels: Tensor) -> Tensor:
        loss, slopes = jax.value_and_grad(loss_of)(state[0], x, labels)
        return loss, _adam(state, slopes, lr)

    @functools.cache
    def made() -> Tensor:  # most lines are not asked for
        here = jax.tree.map(jax.numpy.asarray, start)
        nothing = [jax.tree.map(jax.numpy.zeros_like, here) for _ in range(2)]
        given = jax.numpy.asarray(x), jax.numpy.asarray(labels)
        return jax.jit(step, donate_argnums=0), [(here, *nothing, np.float32(0))], given

    def call() -> Tensor:
        run, state, given = made()
        loss, state[0] = run(state[0], *given)
        return jax.block_until_ready((loss, state[0]))[0]

    return {"jax": call}
