"""The models of the bench once more: as graphs for ONNX Runtime, and as functions for JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference.bench.data import Array, Peers
from reference.bench.rivals import Graph, by_jax, jax, runtime

__all__ = ["inferring"]

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

    def dense(self, layer: str, x: Any) -> Any:
        return x @ self.p[f"{layer} w"].T + self.p[f"{layer} b"]

    def conv(self, layer: str, x: Any, padding: int) -> Any:
        y = jax.lax.conv_general_dilated(x, self.p[f"{layer} w"], [1, 1], [(padding, padding)] * 2)
        return y + self.p[f"{layer} b"][:, None, None]

    def relu(self, x: Any) -> Any:
        return jax.nn.relu(x)

    def pool(self, x: Any) -> Any:
        two = (1, 1, 2, 2)
        return jax.lax.reduce_window(x, -jax.numpy.inf, jax.lax.max, two, two, "VALID")

    def flat(self, x: Any) -> Any:
        return x.reshape(len(x), -1)

    def mean(self, x: Any) -> Any:
        return x.mean((2, 3))

    def join(self, x: Any, y: Any) -> Any:
        return x + y


def _mlp(net: Any, x: Any) -> Any:
    for layer in "01":
        x = net.relu(net.dense(layer, x))
    return net.dense("2", x)


def _lenet(net: Any, x: Any) -> Any:
    for layer, padding in (("c1", 2), ("c2", 0)):
        x = net.pool(net.relu(net.conv(layer, x, padding)))
    x = net.flat(x)
    for layer in ("d1", "d2"):
        x = net.relu(net.dense(layer, x))
    return net.dense("d3", x)


def _residual(net: Any, x: Any) -> Any:
    x = net.relu(net.conv("in", x, 1))
    for k in "01":
        inner = net.relu(net.conv(f"{k}a", x, 1))
        x = net.relu(net.join(net.conv(f"{k}b", inner, 1), x))
    return net.dense("out", net.mean(x))


_NETS: dict[str, Callable[[Any, Any], Any]] = {
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
