"""Whole models on the core: each a class with its parameters and one step of learning.

`step` is a forward pass, a backward pass and an update; `fit` is the loop around it. What differs
between the models is what stands in `slopes`: the chapters' functions, one after the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference import backprop, convolution, lstm, neurons, optimizers, q_learning

__all__ = ["LeNet", "Letters", "Mlp", "QNet", "Residual", "fit", "play", "population"]

Array = NDArray[Any]
Parameters = dict[str, Array]


def _he(rng: np.random.Generator, *shape: int) -> Array:
    """Draw weights for rectified units: variance 2 / fan-in."""
    scale = np.sqrt(2.0 / np.prod(shape[1:]))
    return np.asarray(scale * rng.standard_normal(shape), np.float32)


def _zeros(*shape: int) -> Array:
    return np.zeros(shape, np.float32)


class Model:
    """Parameters by name, and Adam's memory of them."""

    def __init__(self, parameters: Parameters, lr: float = 1e-3) -> None:
        self.parameters, self.lr = parameters, lr
        self._state: dict[str, Any] = {
            name: (np.zeros_like(value), np.zeros_like(value), 0)
            for name, value in parameters.items()
        }

    def logits(self, x: Array) -> Array:
        """Return the scores of the classes."""
        raise NotImplementedError

    def slopes(self, x: Array, labels: Array) -> tuple[float, Parameters]:
        """Return the loss, and its gradient for every parameter."""
        raise NotImplementedError

    def update(self, slopes: Parameters) -> None:
        """Take one step of Adam."""
        for name, slope in slopes.items():
            self.parameters[name], self._state[name] = optimizers.adam_step(
                self.parameters[name], slope, self._state[name], self.lr
            )

    def step(self, x: Array, labels: Array) -> float:
        """Learn from one batch; return its loss."""
        loss, slopes = self.slopes(x, labels)
        self.update(slopes)
        return loss

    def accuracy(self, x: Array, labels: Array) -> float:
        """Return the share of samples whose largest score is their label's."""
        return float(np.mean(self.logits(x).argmax(axis=1) == labels))


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
        parameters: Parameters = {}
        for k, (below, above) in enumerate(itertools.pairwise(sizes)):
            parameters |= {f"w{k}": _he(rng, above, below), f"b{k}": _zeros(above)}
        super().__init__(parameters)

    def _outputs(self, x: Array) -> list[Array]:
        p = self.parameters
        layers = [(p[f"w{k}"], p[f"b{k}"]) for k in range(self.depth)]
        return backprop.mlp_forward(x, layers)

    def logits(self, x: Array) -> Array:
        """Return the outputs of the last layer."""
        return self._outputs(x)[-1]

    def backward(self, x: Array, outputs: list[Array], dy: Array) -> Parameters:
        """Return the gradients, from that of the last layer's outputs."""
        slopes: Parameters = {}
        for k in reversed(range(1, self.depth)):
            below = outputs[k - 1]
            dy, slopes[f"w{k}"], slopes[f"b{k}"] = backprop.dense_backward(
                dy, below, self.parameters[f"w{k}"]
            )
            dy *= below > 0
        slopes["w0"], slopes["b0"] = backprop.dense_slopes(dy, x)
        return slopes

    def slopes(self, x: Array, labels: Array) -> tuple[float, Parameters]:
        """Return the loss and its gradients."""
        outputs = self._outputs(x)
        loss, dy = backprop.cross_entropy(outputs[-1], labels)
        return loss, self.backward(x, outputs, dy)


class LeNet(Model):
    """LeNet-5 with rectified units: two convolutions with max pooling, three dense layers."""

    def __init__(self, rng: np.random.Generator, side: int = 28, classes: int = 10) -> None:
        self.side = (side // 2 - 4) // 2
        flat = 16 * self.side * self.side
        shapes = {"c1": (6, 1, 5, 5), "c2": (16, 6, 5, 5), "d1": (120, flat), "d2": (84, 120),
                  "d3": (classes, 84)}  # fmt: skip
        parameters = {f"{name} w": _he(rng, *shape) for name, shape in shapes.items()}
        super().__init__(parameters | {f"{n} b": _zeros(s[0]) for n, s in shapes.items()})

    def _forward(self, x: Array) -> dict[str, Array]:
        p, a = self.parameters, {"in": x}
        a["c1"] = np.maximum(convolution.conv2d_forward(x, p["c1 w"], p["c1 b"], 1, 2), 0)
        a["p1"] = convolution.max_pool_forward(a["c1"], 2)
        a["c2"] = np.maximum(convolution.conv2d_forward(a["p1"], p["c2 w"], p["c2 b"]), 0)
        a["p2"] = convolution.max_pool_forward(a["c2"], 2)
        a["flat"] = a["p2"].reshape(len(x), -1)
        a["d1"] = np.maximum(backprop.dense_forward(a["flat"], p["d1 w"], p["d1 b"]), 0)
        a["d2"] = np.maximum(backprop.dense_forward(a["d1"], p["d2 w"], p["d2 b"]), 0)
        a["d3"] = backprop.dense_forward(a["d2"], p["d3 w"], p["d3 b"])
        return a

    def logits(self, x: Array) -> Array:
        """Return the outputs of the last layer."""
        return self._forward(x)["d3"]

    def slopes(self, x: Array, labels: Array) -> tuple[float, Parameters]:
        """Return the loss and its gradients."""
        a, p, s = self._forward(x), self.parameters, {}
        loss, dy = backprop.cross_entropy(a["d3"], labels)
        for layer, below in (("d3", "d2"), ("d2", "d1"), ("d1", "flat")):
            dy, s[f"{layer} w"], s[f"{layer} b"] = backprop.dense_backward(
                dy, a[below], p[f"{layer} w"]
            )
            dy *= a[below] > 0
        dy = convolution.max_pool_backward(dy.reshape(a["p2"].shape), a["c2"], 2)
        dy *= a["c2"] > 0
        dy, s["c2 w"], s["c2 b"] = convolution.conv2d_backward(dy, a["p1"], p["c2 w"])
        dy = convolution.max_pool_backward(dy, a["c1"], 2)
        dy *= a["c1"] > 0
        s["c1 w"], s["c1 b"] = convolution.conv2d_slopes(dy, x, p["c1 w"].shape, 1, 2)
        return loss, s


class Residual(Model):
    """A small residual net: a convolution, blocks of two around a shortcut, a mean, a layer."""

    def __init__(
        self, rng: np.random.Generator, channels: int = 16, blocks: int = 2, classes: int = 10
    ) -> None:
        self.blocks = blocks
        shapes: dict[str, tuple[int, ...]] = {"in": (channels, 1, 3, 3), "out": (classes, channels)}
        for k in range(blocks):
            shapes |= {f"{k}a": (channels, channels, 3, 3), f"{k}b": (channels, channels, 3, 3)}
        parameters = {f"{name} w": _he(rng, *shape) for name, shape in shapes.items()}
        for k in range(blocks):
            parameters[f"{k}b w"] *= 0.5  # the shortcut already carries the signal
        super().__init__(parameters | {f"{n} b": _zeros(s[0]) for n, s in shapes.items()}, 3e-3)

    def _conv(self, name: str, x: Array) -> Array:
        p = self.parameters
        return convolution.conv2d_forward(x, p[f"{name} w"], p[f"{name} b"], 1, 1)

    def _forward(self, x: Array) -> dict[str, Array]:
        a = {"x": x, "0": np.maximum(self._conv("in", x), 0)}
        for k in range(self.blocks):
            a[f"{k}a"] = np.maximum(self._conv(f"{k}a", a[f"{k}"]), 0)
            a[f"{k + 1}"] = np.maximum(self._conv(f"{k}b", a[f"{k}a"]) + a[f"{k}"], 0)
        a["mean"] = convolution.global_avg_pool(a[f"{self.blocks}"])
        p = self.parameters
        a["logits"] = backprop.dense_forward(a["mean"], p["out w"], p["out b"])
        return a

    def logits(self, x: Array) -> Array:
        """Return the outputs of the last layer."""
        return self._forward(x)["logits"]

    def slopes(self, x: Array, labels: Array) -> tuple[float, Parameters]:
        """Return the loss and its gradients."""
        a, p, s = self._forward(x), self.parameters, {}
        loss, dy = backprop.cross_entropy(a["logits"], labels)
        dy, s["out w"], s["out b"] = backprop.dense_backward(dy, a["mean"], p["out w"])
        last = a[f"{self.blocks}"]
        dy = (dy / (last.shape[2] * last.shape[3]))[:, :, None, None] * (last > 0)
        for k in reversed(range(self.blocks)):
            through, s[f"{k}b w"], s[f"{k}b b"] = convolution.conv2d_backward(
                dy, a[f"{k}a"], p[f"{k}b w"], 1, 1
            )
            through *= a[f"{k}a"] > 0
            through, s[f"{k}a w"], s[f"{k}a b"] = convolution.conv2d_backward(
                through, a[f"{k}"], p[f"{k}a w"], 1, 1
            )
            dy = (dy + through) * (a[f"{k}"] > 0)
        s["in w"], s["in b"] = convolution.conv2d_slopes(dy, x, p["in w"].shape, 1, 1)
        return loss, s


class Letters(Model):
    """A character model: an LSTM over one-hot letters, and a layer that guesses the next."""

    def __init__(self, rng: np.random.Generator, letters: int, hidden: int = 128) -> None:
        self.letters, self.hidden = letters, hidden
        edge = 1.0 / float(np.sqrt(hidden))
        w = rng.uniform(-edge, edge, (4 * hidden, hidden + letters)).astype(np.float32)
        out = rng.uniform(-edge, edge, (letters, hidden)).astype(np.float32)
        bias = lstm.forget_bias_init(hidden).astype(np.float32)
        super().__init__({"w": w, "b": bias, "out w": out, "out b": _zeros(letters)}, lr=3e-3)

    def _forward(self, text: Array) -> tuple[Array, Array, Array]:
        x = np.eye(self.letters, dtype=np.float32)[text]
        start = _zeros(text.shape[1], self.hidden)
        hs, _ = lstm.lstm_forward(x, start, start, self.parameters["w"], self.parameters["b"])
        return x, start, hs

    def logits(self, x: Array) -> Array:
        """Return the scores of the letter after each of `x`, of shape (T, N): one row each."""
        hs = self._forward(x)[2].reshape(-1, self.hidden)
        return backprop.dense_forward(hs, self.parameters["out w"], self.parameters["out b"])

    def slopes(self, x: Array, labels: Array) -> tuple[float, Parameters]:
        """Return the loss and its gradients; `x` and `labels` are letters of shape (T, N)."""
        p = self.parameters
        one_hot, start, hs = self._forward(x)
        flat = hs.reshape(-1, self.hidden)
        loss, dy = backprop.cross_entropy(
            backprop.dense_forward(flat, p["out w"], p["out b"]), labels.ravel()
        )
        dhs, dw, db = backprop.dense_backward(dy, flat, p["out w"])
        *_, into_w, into_b = lstm.lstm_backward(
            one_hot, start, start, p["w"], p["b"], dhs.reshape(hs.shape)
        )
        return loss, {"w": into_w, "b": into_b, "out w": dw, "out b": db}


class QNet(Mlp):
    """Action values of a state; `learn` takes one step towards the targets of a slow copy."""

    def __init__(
        self, rng: np.random.Generator, states: int = 4, actions: int = 2, gamma: float = 0.99
    ) -> None:
        super().__init__(rng, (states, 64, 64, actions))
        self.gamma, self.slow = gamma, QNet.__new__(QNet)
        self.slow.depth, self.slow.parameters = self.depth, dict(self.parameters)

    def learn(
        self, states: Array, actions: Array, rewards: Array, after: Array, ended: Array
    ) -> None:
        """Learn from a batch of transitions, by the double DQN's targets and Huber's loss."""
        targets = q_learning.double_dqn_targets(
            rewards, self.logits(after), self.slow.logits(after), ended, self.gamma
        )
        outputs = self._outputs(states)
        rows = np.arange(len(actions))
        dy = np.zeros_like(outputs[-1])
        dy[rows, actions] = q_learning.huber_gradient(outputs[-1][rows, actions], targets)
        self.update(self.backward(states, outputs, dy))
        for name, value in self.parameters.items():
            old = self.slow.parameters[name]
            self.slow.parameters[name] = old + np.float32(0.005) * (value - old)


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
