"""Whole models on the core: each a class with its parameters and one step of learning.

`step` is a forward pass, a backward pass and an update; `fit` is the loop around it. What differs
between the models is what stands in `backward`: the chapters' functions, one after the other. The
parameters, their gradients and an optimizer's memory of them keep their places from step to step.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference import backprop, convolution, lstm, neurons, q_learning
from reference.compiler.jit import SERIAL, njit
from reference.kernels.gemm import matmul
from reference.kernels.vector import relu
from reference.training import BATCH, Model, Parameters, epochs_of, load

__all__ = [
    "LeNet",
    "Letters",
    "Mlp",
    "Model",
    "QNet",
    "Residual",
    "fit",
    "load",
    "play",
    "population",
]

Array = NDArray[Any]
Rng = int | np.random.Generator
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


class _Layered(Model):
    """Layers whose parameters are called "NAME w" and "NAME b"."""

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
    """Train on shuffled batches; yield the mean loss of each epoch. `Model.fit` does more."""
    for record in epochs_of(model, x, labels, epochs, batch, rng):
        yield record["loss"]


class Mlp(_Layered):
    """Dense layers with rectified units between them, 784-300-100-10 unless told."""

    def __init__(self, rng: Rng, sizes: Sequence[int] = (784, 300, 100, 10)) -> None:
        self.depth = len(sizes) - 1
        shapes: Shapes = {
            f"{k}": (above, below) for k, (below, above) in enumerate(itertools.pairwise(sizes))
        }
        super().__init__(_layers(np.random.default_rng(rng), shapes), sizes=list(sizes))

    def _shape(self) -> tuple[str, ...]:
        return "N", str(self.given["sizes"][0])

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

    def _scores(self, x: Array) -> Array:
        return self._forward(x)[-1]

    def _backward(self, x: Array, labels: Array) -> float:
        a = self._forward(x)
        loss, dy = backprop.cross_entropy(a[-1], labels)
        self._back(a, dy)
        return loss


class LeNet(_Layered):
    """LeNet-5 with rectified units: two convolutions with max pooling, three dense layers.

    The largest of four is rectified, not the four: that is the same, with less to do.
    """

    def __init__(self, rng: Rng, side: int = 28, classes: int = 10) -> None:
        flat = 16 * ((side // 2 - 4) // 2) ** 2
        super().__init__(
            _layers(
                np.random.default_rng(rng),
                {
                    "c1": (6, 1, 5, 5),
                    "c2": (16, 6, 5, 5),
                    "d1": (120, flat),
                    "d2": (84, 120),
                    "d3": (classes, 84),
                },
            ),
            side=side,
            classes=classes,
        )

    def _shape(self) -> tuple[str, ...]:
        return "N", "1", str(self.given["side"]), str(self.given["side"])

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

    def _scores(self, x: Array) -> Array:
        return self._forward(x)["d3"]

    def _backward(self, x: Array, labels: Array) -> float:
        a = self._forward(x)
        loss, dy = backprop.cross_entropy(a["d3"], labels)
        for layer, below in (("d3", "d2"), ("d2", "d1"), ("d1", "flat")):
            dy = _relu_backward(self._dense_backward(layer, dy, a[below]), a[below])
        dy = convolution.max_pool_backward(dy.reshape(a["p2"].shape), a["c2"], 2)
        dy = _relu_backward(self._conv_backward("c2", dy, a["p1"]), a["p1"])
        dy = convolution.max_pool_backward(dy, a["c1"], 2)
        self._conv_slopes("c1", dy, x, padding=2)
        return loss


class Residual(_Layered):
    """A small residual net: a convolution, blocks of two around a shortcut, a mean, a layer."""

    def __init__(self, rng: Rng, channels: int = 16, blocks: int = 2, classes: int = 10) -> None:
        self.blocks = blocks
        shapes: Shapes = {"in": (channels, 1, 3, 3), "out": (classes, channels)}
        for k in range(blocks):
            shapes |= {f"{k}a": (channels, channels, 3, 3), f"{k}b": (channels, channels, 3, 3)}
        parameters = _layers(np.random.default_rng(rng), shapes)
        for k in range(blocks):
            parameters[f"{k}b w"] *= 0.5  # the shortcut already carries the signal
        super().__init__(parameters, lr=3e-3, channels=channels, blocks=blocks, classes=classes)

    def _shape(self) -> tuple[str, ...]:
        return "N", "1", "H", "W"

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

    def _scores(self, x: Array) -> Array:
        return self._forward(x)["logits"]

    def _backward(self, x: Array, labels: Array) -> float:
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


class Letters(_Layered):
    """A character model: an LSTM over one-hot letters, and a layer that guesses the next."""

    axis = 1

    def __init__(self, rng: Rng, letters: int, hidden: int = 128) -> None:
        self.letters, self.hidden = letters, hidden
        rng = np.random.default_rng(rng)
        edge = 1.0 / float(np.sqrt(hidden))
        w = rng.uniform(-edge, edge, (4 * hidden, hidden + letters)).astype(np.float32)
        out = rng.uniform(-edge, edge, (letters, hidden)).astype(np.float32)
        bias = lstm.forget_bias_init(hidden).astype(np.float32)
        parameters = {"w": w, "b": bias, "out w": out, "out b": _zeros(letters)}
        super().__init__(parameters, lr=3e-3, letters=letters, hidden=hidden)

    def _inputs(self, x: ArrayLike) -> Array:
        text = np.asarray(x)
        if text.dtype.kind not in "iu" or text.ndim != 2 or not len(text):
            raise ValueError(f"expected letters of shape (T, N), got {text.dtype} {text.shape}")
        if text.size and not 0 <= text.min() <= text.max() < self.letters:
            raise ValueError(f"expected letters from 0 to {self.letters - 1}, got others")
        return text

    def _both(self, x: ArrayLike, labels: ArrayLike) -> tuple[Array, Array]:
        text = self._inputs(x)
        if np.shape(labels) != text.shape:
            raise ValueError(f"expected labels of shape {text.shape}, got {np.shape(labels)}")
        return text, self._labels(np.ravel(labels), text.size)

    def _forward(self, text: Array) -> tuple[Array, Array, tuple[Array, Array, Array]]:
        x = np.eye(self.letters, dtype=np.float32)[text]
        start = _zeros(text.shape[1], self.hidden)
        w, b = self.parameters["w"], self.parameters["b"]
        return x, start, lstm.lstm_tape(x, start, start, w, b)

    def _scores(self, x: Array) -> Array:
        """Return the scores of the letter after each of `x`, of shape (T, N): one row each."""
        _, _, (_, hs, _) = self._forward(x)
        return self._dense("out", hs.reshape(-1, self.hidden))

    def predict(self, x: Any, batch: int = BATCH) -> Array:
        """Return the likeliest letter after each of `x`, in its shape."""
        parts = [self.logits(part) for part in self._parts(x, batch)]
        found = [rows.argmax(axis=1).reshape(len(x), -1) for rows in parts]
        return np.concatenate(found, axis=1) if found else np.empty(np.shape(x), np.int64)

    def evaluate(self, x: ArrayLike, labels: ArrayLike, batch: int = BATCH) -> tuple[float, float]:
        """Return the mean loss and the share of letters guessed right, over all places."""
        text, targets = self._both(x, labels)
        scores = self._scores(text)
        right = float(np.mean(scores.argmax(axis=1) == targets))
        return backprop.cross_entropy(scores, targets)[0], right

    def _backward(self, x: Array, labels: Array) -> float:
        one_hot, start, tape = self._forward(x)
        hs = tape[1].reshape(-1, self.hidden)
        loss, dy = backprop.cross_entropy(self._dense("out", hs), labels)
        dhs = self._dense_backward("out", dy, hs).reshape(tape[1].shape)
        *_, dw, db = lstm.lstm_slopes(
            tape, one_hot, start, start, self.parameters["w"], dhs, np.zeros_like(start)
        )
        self.slopes["w"][...], self.slopes["b"][...] = dw, db
        return loss


class QNet(Mlp):
    """Action values of a state; `learn` takes one step towards the targets of a slow copy."""

    def __init__(self, rng: Rng, states: int = 4, actions: int = 2, gamma: float = 0.99) -> None:
        super().__init__(rng, (states, 64, 64, actions))
        self.gamma, self.slow = gamma, copy.deepcopy(self)
        self.given = {"states": states, "actions": actions, "gamma": gamma}

    def _shape(self) -> tuple[str, ...]:
        return "N", str(self.parameters["0 w"].shape[1])

    def _extra(self) -> Parameters:
        return self.slow.parameters

    def learn(
        self, states: Array, actions: Array, rewards: Array, after: Array, ended: Array
    ) -> None:
        """Learn from a batch of transitions, by the double DQN's targets and Huber's loss."""
        targets = q_learning.dqn_targets(
            rewards, self.logits(after), self.slow.logits(after), ended, self.gamma
        )
        a = self._forward(states)
        rows = np.arange(len(actions))
        dy = np.zeros_like(a[-1])
        _, dy[rows, actions] = q_learning.huber_loss(a[-1][rows, actions], targets)
        self._back(a, dy)
        self.optimizer.step()
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
