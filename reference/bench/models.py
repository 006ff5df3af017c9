"""The lines of the bench for whole steps of learning."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from reference import backprop, models, optimizers, q_learning
from reference.bench.data import RNG, Array, Peers, Tensor, chapter, floats, nn, tensors, torch
from reference.bench.measure import Call, Row
from reference.bench.nets import inferring, learning

__all__ = ["deep_q", "inference", "letters", "model", "tabular"]

Forward = Callable[[dict[str, Any], Any], Any]


# --- classifiers ----------------------------------------------------------------------------------


def _mlp(p: dict[str, Any], x: Any) -> Any:
    for k in "01":
        x = nn.relu(nn.linear(x, p[f"{k} w"], p[f"{k} b"]))
    return nn.linear(x, p["2 w"], p["2 b"])


def _lenet(p: dict[str, Any], x: Any) -> Any:
    for name, padding in (("c1", 2), ("c2", 0)):
        x = nn.max_pool2d(nn.relu(nn.conv2d(x, p[f"{name} w"], p[f"{name} b"], 1, padding)), 2)
    x = x.flatten(1)
    for name in ("d1", "d2"):
        x = nn.relu(nn.linear(x, p[f"{name} w"], p[f"{name} b"]))
    return nn.linear(x, p["d3 w"], p["d3 b"])


def _residual(p: dict[str, Any], x: Any) -> Any:
    def conv(name: str, x: Tensor) -> Tensor:
        return nn.conv2d(x, p[f"{name} w"], p[f"{name} b"], 1, 1)

    x = nn.relu(conv("in", x))
    for k in "01":
        x = nn.relu(conv(f"{k}b", nn.relu(conv(f"{k}a", x))) + x)
    return nn.linear(x.mean((2, 3)), p["out w"], p["out b"])


def model(large: bool) -> Iterator[Row]:
    """Forward, backward and Adam, from the same parameters; the first losses are compared."""
    batch = 128 if large else 32
    labels = RNG.integers(0, 10, batch)
    side = (batch, 1, 28, 28)
    for name, ours, theirs, x, goal in (
        ("mlp 784-300-100-10 step", models.Mlp(RNG), _mlp, floats(batch, 784), 2.0),
        ("lenet-5 step", models.LeNet(RNG), _lenet, floats(*side), 2.0),
        ("residual net step", models.Residual(RNG), _residual, floats(*side), 1.0),
    ):
        learn = partial(_torch_learner, ours.parameters, ours.lr, theirs, x, labels)
        layouts = {"": False} | ({} if name.startswith("mlp") else {" channels_last": True})
        peers = {
            f"torch {mode}{layout}": learn(mode, last=last)
            for mode in ("foreach", "fused")
            for layout, last in (layouts.items() if torch else ())
        }
        peers |= learning(name.removesuffix(" step"), ours.parameters, ours.lr, x, labels)
        if name.startswith("mlp"):
            peers |= _plain_mlp(ours.parameters, ours.lr, x, labels)
        yield Row(name, f"batch {batch}", partial(ours.step, x, labels), peers,
                  goal=min(goal, 1.5) if large else goal,
                  compiled={f"torch compile{layout}": partial(learn, "fused", last, True)
                            for layout, last in layouts.items()})  # fmt: skip


def _plain_mlp(parameters: dict[str, Array], lr: float, x: Array, labels: Array) -> Peers:
    """Return the same step by the chapters' functions."""
    nets, rules = chapter(backprop), chapter(optimizers)
    if not (nets and rules):
        return {}
    flat = [[parameters[f"{k} {part}"].copy() for part in "wb"] for k in range(3)]
    state = [[(np.zeros_like(value), np.zeros_like(value), 0) for value in pair] for pair in flat]

    def step() -> Tensor:
        layers = [(w, b) for w, b in flat]
        loss, dy = nets.cross_entropy(nets.mlp_forward(x, layers)[-1], labels)
        _, slopes = nets.mlp_backward(dy, x, layers)
        for pair, grads, memory in zip(flat, slopes, state, strict=True):
            for i, grad in enumerate(grads):
                pair[i], memory[i] = rules.adam_step(pair[i], grad, memory[i], lr)
        return loss

    return {"numpy": step}


def _torch_learner(
    parameters: dict[str, Array],
    lr: float,
    forward: Forward,
    x: Array,
    labels: Array,
    mode: str,
    last: bool = False,
    compiled: bool = False,
) -> Call:
    """Return one step of learning on copies of the parameters, with channels last if asked for."""
    p = {name: _laid(torch.tensor(value), last) for name, value in parameters.items()}
    for value in p.values():
        value.requires_grad_()
    method = torch.optim.Adam(list(p.values()), lr=lr, **{mode: True})
    given, truth = tensors(x, labels)
    given = _laid(given, last)

    def loss_of(given: Tensor, truth: Tensor) -> Tensor:
        return nn.cross_entropy(forward(p, given), truth)

    loss_of = torch.compile(loss_of) if compiled else loss_of

    def step() -> Tensor:
        loss = loss_of(given, truth)
        method.zero_grad()
        loss.backward()
        method.step()
        return loss

    return step


def _laid(tensor: Tensor, last: bool) -> Tensor:
    """Return a tensor of images or kernels with channels last, if asked for."""
    return tensor.to(memory_format=torch.channels_last) if last and tensor.ndim == 4 else tensor


def inference(large: bool) -> Iterator[Row]:
    """Classify one sample, and a batch, by whole models."""
    for batch in (128,) if large else (1, 32):
        side = (batch, 1, 28, 28)
        for name, ours, theirs, x in (
            ("mlp 784-300-100-10", models.Mlp(RNG), _mlp, floats(batch, 784)),
            ("lenet-5", models.LeNet(RNG), _lenet, floats(*side)),
            ("residual net", models.Residual(RNG), _residual, floats(*side)),
        ):
            peers: Peers = {}
            classify = partial(_torch_classifier, ours.parameters, theirs, x)
            layouts = {"torch": False} | ({} if x.ndim == 2 else {"torch channels_last": True})
            if torch:
                peers = {layout: classify(last) for layout, last in layouts.items()}
            peers |= inferring(name, ours.parameters, x)
            yield Row(f"{name} inference", f"batch {batch}", partial(ours.logits, x), peers,
                      rtol=1e-3, compiled={layout.replace("torch", "torch compile"):
                                           partial(classify, last, True)
                                           for layout, last in layouts.items()})  # fmt: skip


def _torch_classifier(
    parameters: dict[str, Array],
    forward: Forward,
    x: Array,
    last: bool,
    compiled: bool = False,
) -> Call:
    """Return a forward pass."""
    p = {name: _laid(torch.tensor(value), last) for name, value in parameters.items()}
    given = _laid(tensors(x)[0], last)
    run = torch.compile(forward) if compiled else forward
    return lambda: run(p, given)


# --- letters --------------------------------------------------------------------------------------


def letters(large: bool) -> Iterator[Row]:
    """Learn a window of text: an LSTM over one-hot letters, and a layer that guesses the next."""
    length, batch, hidden, alphabet = (64, 64, 256, 64) if large else (32, 16, 128, 32)
    text = RNG.integers(0, alphabet, (length + 1, batch))
    ours = models.Letters(RNG, alphabet, hidden)
    peers: Peers = {}
    if torch:
        order = np.concatenate([np.arange(k * hidden, (k + 1) * hidden) for k in (1, 0, 2, 3)])
        p, w = ours.parameters, ours.parameters["w"][order]
        own = {"x": w[:, hidden:], "h": w[:, :hidden], "b": p["b"][order],
               "out w": p["out w"], "out b": p["out b"]}  # fmt: skip
        own = {name: np.ascontiguousarray(value) for name, value in own.items()}
        eye, zeros = torch.eye(alphabet), torch.zeros(1, batch, hidden)
        none = torch.zeros(4 * hidden)

        def forward(p: dict[str, Any], text: Any) -> Any:
            flat = [p["x"], p["h"], p["b"], none]
            hs = torch.lstm(eye[text], (zeros, zeros), flat, True, 1, 0.0, True, False, False)[0]
            return nn.linear(hs.flatten(0, 1), p["out w"], p["out b"])

        for mode in ("foreach", "fused"):
            peers[f"torch {mode}"] = _torch_learner(
                own, ours.lr, forward, text[:-1], text[1:].ravel(), mode
            )
    yield Row("character lstm step", f"T{length} N{batch} H{hidden}",
              partial(ours.step, text[:-1], text[1:]), peers)  # fmt: skip


# --- reinforcement --------------------------------------------------------------------------------


def deep_q(large: bool) -> Iterator[Row]:
    """Learn action values from a batch of transitions, and let the slow copy follow."""
    n = 512 if large else 64
    ours = models.QNet(RNG)
    batch = (floats(n, 4), RNG.integers(0, 2, n), floats(n), floats(n, 4), RNG.random(n) < 0.1)
    peers: Peers = {}
    if torch:
        peers = {f"torch {mode}": _torch_q(ours, batch, mode) for mode in ("foreach", "fused")}
    yield Row("dqn step", f"batch {n}", lambda: ours.learn(*batch), peers, rtol=0)


def _torch_q(ours: models.QNet, batch: tuple[Array, ...], mode: str) -> Call:
    fast = {name: torch.tensor(v, requires_grad=True) for name, v in ours.parameters.items()}
    slow = {name: v.detach().clone() for name, v in fast.items()}
    method = torch.optim.Adam(list(fast.values()), lr=ours.lr, **{mode: True})
    states, actions, rewards, after, over = tensors(*batch)

    def step() -> None:
        with torch.no_grad():
            best = _mlp(fast, after).argmax(1, keepdim=True)
            future = _mlp(slow, after).gather(1, best)[:, 0]
            targets = torch.where(over, rewards, rewards + ours.gamma * future)
        chosen = _mlp(fast, states).gather(1, actions[:, None])[:, 0]
        loss = nn.huber_loss(chosen, targets)
        method.zero_grad()
        loss.backward()
        method.step()
        with torch.no_grad():
            torch._foreach_lerp_(list(slow.values()), list(fast.values()), 0.005)

    return step


def tabular(large: bool) -> Iterator[Row]:
    """Train a table beside a plain loop over Gymnasium's environment."""
    if not importlib.util.find_spec("gymnasium"):
        return
    import gymnasium

    episodes = 1000 if large else 200
    draws, rates = RNG.random((episodes, 100, 2)), np.linspace(1.0, 0.1, episodes)
    for name, world in (("frozen lake", "FrozenLake-v1"), ("cliff", "CliffWalking-v1"),
                        ("taxi", "Taxi-v4")):  # fmt: skip
        ours, theirs = gymnasium.make(world), gymnasium.make(world)
        peers = {"gymnasium": partial(_live, theirs, draws, rates)}
        yield Row(f"q-learning {name}", f"{episodes} episodes",
                  partial(q_learning.train_q_table, ours, draws, rates), peers,
                  goal=100.0)  # fmt: skip


def _live(env: Tensor, draws: Array, rates: Array) -> Tensor:
    q = np.zeros((env.observation_space.n, env.action_space.n))
    returns = np.zeros(len(draws))
    for episode, luck in enumerate(draws.tolist()):
        state, _ = env.reset(seed=0 if episode == 0 else None)
        for u, u_action in luck:
            row = q[state]
            action = int(u_action * len(row)) if u < rates[episode] else int(row.argmax())
            after, reward, terminated, truncated, _ = env.step(action)
            future = 0.0 if terminated else 0.99 * q[after].max()
            row[action] += 0.1 * (reward + future - row[action])
            returns[episode] += reward
            state = after
            if terminated or truncated:
                break
    return q, returns
