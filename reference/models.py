"""Whole models on the core: each a class with its parameters and one step of learning.

`step` is a forward pass, a backward pass and an update; `fit` is the loop around it. What differs
between the models is what stands in `backward`: the chapters' functions, one after the other. The
parameters, their gradients and Adam's memory of them keep their places from step to step.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference import backprop, convolution, lstm, neurons, optimizers, q_learning
from reference.compiler.jit import SERIAL, njit
from reference.kernels.gemm import matmul
from reference.kernels.vector import relu

__all__ = ["LeNet", "Letters", "Mlp", "Model", "QNet", "Residual", "fit", "play", "population"]

Array = NDArray[Any]
Parameters = dict[str, Array]
Shapes = dict[str, tuple[int, ...]]


def _he(rng: np.random.Generator, *shape: int) -> Array:
    """Draw weights for rectified units: variance 2 / fan-in."""
    scale = np.sqrt(2.0 / np.prod(shape[1:]))
    return np.asarray(scale * rng.standard_normal(shape), np.float32)


def _zeros(*shape: int) -> Array:
    return np.zeros(shape, np.float32)


def _layers(rng: np.random.Generator, shapes: Shapes) -> Parameters:
    """Return the weights of each layer, and biases of zero."""
    weights = {f"{name} w": _he(rng, *shape) for name, shape in shapes.items()}
    return weights | {f"{name} b": _zeros(shape[0]) for name, shape in shapes.items()}


@njit(**SERIAL)
def _rectify(y: Array) -> None:
    for i in range(y.size):
        y[i] = relu(y[i])


def _relu(y: Array) -> Array:
    """Rectify in place: ``maximum(y, 0)``."""
    _rectify(y.reshape(-1))
    return y


@njit(**SERIAL)
def _stop(dy: Array, y: Array) -> None:
    for i in range(dy.size):
        dy[i] = dy[i] if y[i] > 0 else 0


def _relu_backward(dy: Array, y: Array) -> Array:
    """Stop, in place, the gradients of rectified units that are off: ``dy *= y > 0``."""
    _stop(dy.reshape(-1), y.reshape(-1))
    return dy


class Model:
    """Parameters by name, their gradients, and Adam's memory of them."""

    def __init__(self, parameters: Parameters, lr: float = 1e-3) -> None:
        self.lr, self._adam = lr, optimizers.Optimizer("adam", parameters, lr=lr)
        self.parameters, self.slopes = self._adam.parameters, self._adam.slopes

    def logits(self, x: Array) -> Array:
        """Return the scores of the classes."""
        raise NotImplementedError

    def backward(self, x: Array, labels: Array) -> float:
        """Write the gradient of every parameter into `slopes`; return the loss."""
        raise NotImplementedError

    def step(self, x: Array, labels: Array) -> float:
        """Learn from one batch; return its loss."""
        loss = self.backward(x, labels)
        self._adam.step()
        return loss

    def accuracy(self, x: Array, labels: Array) -> float:
        """Return the share of samples whose largest score is their label's."""
        return float(np.mean(self.logits(x).argmax(axis=1) == labels))

    def _dense(self, layer: str, x: Array) -> Array:
        return backprop.dense_forward(
            x, self.parameters[f"{layer} w"], self.parameters[f"{layer} b"]
        )

    def _dense_slopes(self, layer: str, dy: Array, x: Array) -> None:
        matmul(dy, x, self.slopes[f"{layer} w"], turn_a=True)
        backprop.add_rows(dy, self.slopes[f"{layer} b"])

    def _dense_backward(self, layer: str, dy: Array, x: Array) -> Array:
        """Write the layer's gradients; return that of its inputs."""
        self._dense_slopes(layer, dy, x)
        return matmul(dy, self.parameters[f"{layer} w"], np.empty_like(x))

    def _conv(self, layer: str, x: Array, padding: int = 0) -> Array:
        p = self.parameters
        return convolution.conv2d_forward(x, p[f"{layer} w"], p[f"{layer} b"], 1, padding)

    def _conv_slopes(self, layer: str, dy: Array, x: Array, padding: int = 0) -> None:
        w, b = self.slopes[f"{layer} w"], self.slopes[f"{layer} b"]
        w[...], b[...] = convolution.conv2d_slopes(dy, x, w.shape, 1, padding)

    def _conv_backward(self, layer: str, dy: Array, x: Array, padding: int = 0) -> Array:
        """Write the layer's gradients; return that of its inputs."""
        w, b = self.slopes[f"{layer} w"], self.slopes[f"{layer} b"]
        dx, w[...], b[...] = convolution.conv2d_backward(
            dy, x, self.parameters[f"{layer} w"], 1, padding
        )
        return dx


def fit(
    model: Model, x: Array, labels: Array, epochs: int, batch: int, rng: np.random.Generator
) -> Iterator[float]:
    """Train on shuffled batches; yield the mean loss of each epoch."""
    for _ in range(epochs):
        order = rng.permutation(len(x))
        batches = [order[i : i + batch] for i in range(0, len(x) - batch + 1, batch)]
        yield float(np.mean([model.step(x[rows], labels[rows]) for rows in batches]))


class Mlp(Model):
    """Dense layers with rectified units between them, 784-300-100-10 unless told."""

    def __init__(
        self, rng: np.random.Generator, sizes: tuple[int, ...] = (784, 300, 100, 10)
    ) -> None:
        self.depth = len(sizes) - 1
        shapes: Shapes = {
            f"{k}": (above, below) for k, (below, above) in enumerate(itertools.pairwise(sizes))
        }
        super().__init__(_layers(rng, shapes))

    def _forward(self, x: Array) -> list[Array]:
        """Return the inputs of each layer, and the outputs of the last."""
        a = [x]
        for k in range(self.depth - 1):
            a.append(_relu(self._dense(f"{k}", a[k])))
        return [*a, self._dense(f"{self.depth - 1}", a[-1])]

    def _back(self, a: list[Array], dy: Array) -> None:
        """Write the gradients, from that of the last layer's outputs."""
        for k in reversed(range(1, self.depth)):
            dy = _relu_backward(self._dense_backward(f"{k}", dy, a[k]), a[k])
        self._dense_slopes("0", dy, a[0])

    def logits(self, x: Array) -> Array:
        """Return the outputs of the last layer."""
        return self._forward(x)[-1]

    def backward(self, x: Array, labels: Array) -> float:
        """Write the gradients; return the loss."""
        a = self._forward(x)
        loss, dy = backprop.cross_entropy(a[-1], labels)
        self._back(a, dy)
        return loss


class LeNet(Model):
    """LeNet-5 with rectified units: two convolutions with max pooling, three dense layers.

    The largest of four is rectified, not the four: that is the same, with less to do.
    """

    def __init__(self, rng: np.random.Generator, side: int = 28, classes: int = 10) -> None:
        flat = 16 * ((side // 2 - 4) // 2) ** 2
        super().__init__(
            _layers(
                rng,
                {
                    "c1": (6, 1, 5, 5),
                    "c2": (16, 6, 5, 5),
                    "d1": (120, flat),
                    "d2": (84, 120),
                    "d3": (classes, 84),
                },
            )
        )

    def _forward(self, x: Array) -> dict[str, Array]:
        a = {"c1": self._conv("c1", x, padding=2)}
        a["p1"] = _relu(convolution.max_pool_forward(a["c1"], 2))
        a["c2"] = self._conv("c2", a["p1"])
        a["p2"] = _relu(convolution.max_pool_forward(a["c2"], 2))
        a["flat"] = a["p2"].reshape(len(x), -1)
        a["d1"] = _relu(self._dense("d1", a["flat"]))
        a["d2"] = _relu(self._dense("d2", a["d1"]))
        a["d3"] = self._dense("d3", a["d2"])
        return a

    def logits(self, x: Array) -> Array:
        """Return the outputs of the last layer."""
        return self._forward(x)["d3"]

    def backward(self, x: Array, labels: Array) -> float:
        """Write the gradients; return the loss."""
        a = self._forward(x)
        loss, dy = backprop.cross_entropy(a["d3"], labels)
        for layer, below in (("d3", "d2"), ("d2", "d1"), ("d1", "flat")):
            dy = _relu_backward(self._dense_backward(layer, dy, a[below]), a[below])
        dy = convolution.max_pool_backward(dy.reshape(a["p2"].shape), a["c2"], 2)
        dy = _relu_backward(self._conv_backward("c2", dy, a["p1"]), a["p1"])
        dy = convolution.max_pool_backward(dy, a["c1"], 2)
        self._conv_slopes("c1", dy, x, padding=2)
        return loss


class Residual(Model):
    """A small residual net: a convolution, blocks of two around a shortcut, a mean, a layer."""

    def __init__(
        self, rng: np.random.Generator, channels: int = 16, blocks: int = 2, classes: int = 10
    ) -> None:
        self.blocks = blocks
        shapes: Shapes = {"in": (channels, 1, 3, 3), "out": (classes, channels)}
        for k in range(blocks):
            shapes |= {f"{k}a": (channels, channels, 3, 3), f"{k}b": (channels, channels, 3, 3)}
        parameters = _layers(rng, shapes)
        for k in range(blocks):
            parameters[f"{k}b w"] *= 0.5  # the shortcut already carries the signal
        super().__init__(parameters, lr=3e-3)

    def _forward(self, x: Array) -> dict[str, Array]:
        a = {"0": _relu(self._conv("in", x, padding=1))}
        for k in range(self.blocks):
            a[f"{k}a"] = _relu(self._conv(f"{k}a", a[f"{k}"], padding=1))
            a[f"{k + 1}"] = self._conv(f"{k}b", a[f"{k}a"], padding=1)
            a[f"{k + 1}"] += a[f"{k}"]
            _relu(a[f"{k + 1}"])
        a["mean"] = convolution.global_avg_pool(a[f"{self.blocks}"])
        a["logits"] = self._dense("out", a["mean"])
        return a

    def logits(self, x: Array) -> Array:
        """Return the outputs of the last layer."""
        return self._forward(x)["logits"]

    def backward(self, x: Array, labels: Array) -> float:
        """Write the gradients; return the loss."""
        a = self._forward(x)
        loss, dy = backprop.cross_entropy(a["logits"], labels)
        shares = self._dense_backward("out", dy, a["mean"])
        last = a[f"{self.blocks}"]
        shares /= last[0, 0].size
        dy = _relu_backward(np.broadcast_to(shares[:, :, None, None], last.shape).copy(), last)
        for k in reversed(range(self.blocks)):
            through = self._conv_backward(f"{k}b", dy, a[f"{k}a"], padding=1)
            _relu_backward(through, a[f"{k}a"])
            dy += self._conv_backward(f"{k}a", through, a[f"{k}"], padding=1)
            _relu_backward(dy, a[f"{k}"])
        self._conv_slopes("in", dy, x, padding=1)
        return loss


class Letters(Model):
    """A character model: an LSTM over one-hot letters, and a layer that guesses the next."""

    def __init__(self, rng: np.random.Generator, letters: int, hidden: int = 128) -> None:
        self.letters, self.hidden = letters, hidden
        edge = 1.0 / float(np.sqrt(hidden))
        w = rng.uniform(-edge, edge, (4 * hidden, hidden + letters)).astype(np.float32)
        out = rng.uniform(-edge, edge, (letters, hidden)).astype(np.float32)
        bias = lstm.forget_bias_init(hidden).astype(np.float32)
        super().__init__({"w": w, "b": bias, "out w": out, "out b": _zeros(letters)}, lr=3e-3)

    def _forward(self, text: Array) -> tuple[Array, Array, tuple[Array, Array, Array]]:
        x = np.eye(self.letters, dtype=np.float32)[text]
        start = _zeros(text.shape[1], self.hidden)
        w, b = self.parameters["w"], self.parameters["b"]
        return x, start, lstm.lstm_tape(x, start, start, w, b)

    def logits(self, x: Array) -> Array:
        """Return the scores of the letter after each of `x`, of shape (T, N): one row each."""
        _, _, (_, hs, _) = self._forward(x)
        return self._dense("out", hs.reshape(-1, self.hidden))

    def backward(self, x: Array, labels: Array) -> float:
        """Write the gradients; return the loss. `x` and `labels` are letters of shape (T, N)."""
        one_hot, start, tape = self._forward(x)
        hs = tape[1].reshape(-1, self.hidden)
        loss, dy = backprop.cross_entropy(self._dense("out", hs), labels.ravel())
        dhs = self._dense_backward("out", dy, hs).reshape(tape[1].shape)
        *_, dw, db = lstm.lstm_slopes(
            tape, one_hot, start, start, self.parameters["w"], dhs, np.zeros_like(start)
        )
        self.slopes["w"][...], self.slopes["b"][...] = dw, db
        return loss


class QNet(Mlp):
    """Action values of a state; `learn` takes one step towards the targets of a slow copy."""

    def __init__(
        self, rng: np.random.Generator, states: int = 4, actions: int = 2, gamma: float = 0.99
    ) -> None:
        super().__init__(rng, (states, 64, 64, actions))
        self.gamma, self.slow = gamma, copy.deepcopy(self)

    def learn(
        self, states: Array, actions: Array, rewards: Array, after: Array, ended: Array
    ) -> None:
        """Learn from a batch of transitions, by the double DQN's targets and Huber's loss."""
        targets = q_learning.double_dqn_targets(
            rewards, self.logits(after), self.slow.logits(after), ended, self.gamma
        )
        a = self._forward(states)
        rows = np.arange(len(actions))
        dy = np.zeros_like(a[-1])
        dy[rows, actions] = q_learning.huber_gradient(a[-1][rows, actions], targets)
        self._back(a, dy)
        self._adam.step()
        for name, slow in self.slow.parameters.items():
            slow += np.float32(0.005) * (self.parameters[name] - slow)


def play(
    env: Any, net: QNet, rng: np.random.Generator, episodes: int = 200, batch: int = 64
) -> list[float]:
    """Train on an environment of Gymnasium; return the return of each episode."""
    memory: list[list[Any]] = [[], [], [], [], []]
    returns, steps = [], 0
    for episode in range(episodes):
        state, _ = env.reset(**({"seed": int(rng.integers(1 << 31))} if episode == 0 else {}))
        total, done = 0.0, False
        while not done:
            epsilon = max(0.02, 1.0 - steps / 3000)
            greedy = net.logits(state[None].astype(np.float32))[0].argmax()
            action = (
                int(rng.integers(env.action_space.n)) if rng.random() < epsilon else int(greedy)
            )
            after, reward, ended, cut, _ = env.step(action)
            for kept, new in zip(memory, (state, action, reward, after, ended), strict=True):
                kept.append(new)
            state, done, total, steps = after, ended or cut, total + float(reward), steps + 1
            if steps >= 500:
                rows = rng.integers(max(0, steps - 20_000), steps, batch)
                picked = [np.array([kept[row] for row in rows]) for kept in memory]
                kinds: list[Any] = [np.float32, np.int64, np.float32, np.float32, np.bool_]
                net.learn(*(a.astype(kind) for a, kind in zip(picked, kinds, strict=True)))
        returns.append(total)
    return returns


def population(
    rng: np.random.Generator, size: int = 1000, milliseconds: float = 500.0, dt: float = 0.1
) -> tuple[Array, Array]:
    """Drive leaky integrate-and-fire neurons with noisy currents; return their rates, in Hz.

    Each neuron gets another mean current (1 to 4 nA); the second array holds those.
    """
    means = np.linspace(1.0, 4.0, size, dtype=np.float32)
    steps = round(milliseconds / dt)
    current = means + 0.5 * rng.standard_normal((steps, size), dtype=np.float32)
    _, spikes = neurons.lif_simulate(current, dt)
    rates: Array = spikes.sum(axis=0) / (milliseconds / 1000.0)
    return rates, means
