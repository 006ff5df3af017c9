"""Whole models learn on the core as they learn in PyTorch: same data, start and batches."""

from __future__ import annotations

import numpy as np
import pytest

from reference import models

torch = pytest.importorskip("torch")
sklearn = pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def digits():
    from sklearn.datasets import load_digits

    data = load_digits()
    x = (data.images / 16).astype(np.float32)
    order = np.random.default_rng(0).permutation(len(x))
    x, y = x[order], data.target[order].astype(np.int64)
    return x[:1400], y[:1400], x[1400:], y[1400:]


def twin(model):
    """Return the model's parameters as tensors with gradients, and an Adam over them."""
    tensors = {
        name: torch.tensor(value, requires_grad=True) for name, value in model.parameters.items()
    }
    return tensors, torch.optim.Adam(list(tensors.values()), lr=model.lr, eps=1e-8)


def mlp(p, x):
    return torch.relu(x @ p["0 w"].T + p["0 b"]) @ p["1 w"].T + p["1 b"]


def lenet(p, x):
    f = torch.nn.functional
    for name, padding in (("c1", 2), ("c2", 0)):
        x = f.max_pool2d(f.relu(f.conv2d(x, p[f"{name} w"], p[f"{name} b"], 1, padding)), 2)
    x = x.flatten(1)
    for name in ("d1", "d2"):
        x = f.relu(f.linear(x, p[f"{name} w"], p[f"{name} b"]))
    return f.linear(x, p["d3 w"], p["d3 b"])


def residual(p, x):
    f = torch.nn.functional
    conv = lambda name, x: f.conv2d(x, p[f"{name} w"], p[f"{name} b"], 1, 1)
    x = f.relu(conv("in", x))
    for k in range(2):
        x = f.relu(conv(f"{k}b", f.relu(conv(f"{k}a", x))) + x)
    return f.linear(x.mean((2, 3)), p["out w"], p["out b"])


def pair(name, rng, digits):
    """Return a model, its twin in PyTorch, and the images in its shape."""
    x, y, x_test, y_test = digits
    if name == "mlp":
        shaped = [a.reshape(len(a), -1) for a in (x, x_test)]
        return models.Mlp(rng, (64, 64, 10)), mlp, shaped[0], y, shaped[1], y_test
    if name == "lenet":
        grown = [np.repeat(np.repeat(a, 2, 1), 2, 2)[:, None] for a in (x, x_test)]
        return models.LeNet(rng, side=16), lenet, grown[0], y, grown[1], y_test
    shaped = [a[:, None] for a in (x, x_test)]
    return models.Residual(rng), residual, shaped[0], y, shaped[1], y_test


@pytest.mark.parametrize(
    "name", ["lenet", *(pytest.param(name, marks=pytest.mark.slow) for name in ("mlp", "residual"))]
)
def test_it_follows_pytorch_and_reaches_its_accuracy(name, digits):
    model, theirs, x, y, x_test, y_test = pair(name, np.random.default_rng(1), digits)
    tensors, method = twin(model)
    rng = np.random.default_rng(2)
    for step in range(180):
        rows = rng.integers(0, len(x), 32)
        mine = model.step(x[rows], y[rows])
        given = torch.from_numpy(np.ascontiguousarray(x[rows]))
        loss = torch.nn.functional.cross_entropy(theirs(tensors, given), torch.from_numpy(y[rows]))
        method.zero_grad()
        loss.backward()
        method.step()
        if step < 5:  # later the two round differently, and drift apart as any two runs do
            assert mine == pytest.approx(loss.item(), rel=1e-3), step
    guesses = theirs(tensors, torch.from_numpy(np.ascontiguousarray(x_test))).argmax(1).numpy()
    reached = np.mean(guesses == y_test)
    assert reached > 0.85
    noise = 2 * np.sqrt(2 * reached * (1 - reached) / len(y_test))
    assert abs(model.accuracy(x_test, y_test) - reached) < noise + 0.01


def test_letters_follow_pytorch():
    text = np.frombuffer(b"the cat sat on the mat and the rat ran. " * 60, np.uint8)
    alphabet, codes = np.unique(text, return_inverse=True)
    model = models.Letters(np.random.default_rng(3), len(alphabet), hidden=32)
    net, h = torch.nn.LSTM(len(alphabet), 32), 32
    order = np.concatenate([np.arange(k * h, (k + 1) * h) for k in (1, 0, 2, 3)])
    out = torch.nn.Linear(h, len(alphabet))
    w, b = model.parameters["w"][order], model.parameters["b"][order]
    values = w[:, h:], w[:, :h], b, 0 * b, model.parameters["out w"], model.parameters["out b"]
    tensors = [*net.parameters(), *out.parameters()]
    with torch.no_grad():
        for tensor, value in zip(tensors, values, strict=True):
            tensor.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    net.bias_hh_l0.requires_grad_(False)
    method = torch.optim.Adam([t for t in tensors if t.requires_grad], lr=model.lr)
    rng = np.random.default_rng(4)
    eye = torch.eye(len(alphabet))
    for step in range(120):
        starts = rng.integers(0, len(codes) - 21, 16)
        windows = np.stack([codes[s : s + 21] for s in starts], axis=1)
        mine = model.step(windows[:-1], windows[1:])
        hs = net(eye[torch.from_numpy(windows[:-1])])[0]
        truth = torch.from_numpy(windows[1:]).reshape(-1)
        loss = torch.nn.functional.cross_entropy(out(hs).reshape(len(truth), -1), truth)
        method.zero_grad()
        loss.backward()
        method.step()
        if step < 5:
            assert mine == pytest.approx(loss.item(), rel=1e-3), step
    assert mine == pytest.approx(loss.item(), abs=0.1)
    assert mine < 1.0


def test_fit_shuffles_and_its_loss_falls(digits):
    x, y, *_ = digits
    model = models.Mlp(np.random.default_rng(5), (64, 32, 10))
    losses = list(models.fit(model, x.reshape(len(x), -1), y, 5, 64, np.random.default_rng(6)))
    assert losses == sorted(losses, reverse=True)


def test_the_q_net_balances_the_pole():
    gymnasium = pytest.importorskip("gymnasium")
    rng = np.random.default_rng(7)
    net = models.QNet(rng)
    returns = models.play(gymnasium.make("CartPole-v1"), net, rng, episodes=160)
    assert np.mean(returns[:20]) < 40
    assert max(np.convolve(returns, np.ones(20) / 20, "valid")) > 120


def test_rates_of_the_population_follow_the_formula():
    from reference.neurons import lif_rate

    rates, means = models.population(np.random.default_rng(8), size=300, milliseconds=1000)
    expected = lif_rate(means)
    strong = means > 2.0
    np.testing.assert_allclose(rates[strong], expected[strong], rtol=0.06, atol=1.5)
    assert (np.diff(rates[::30]) >= -2).all()


def test_the_slow_copy_of_a_q_net_keeps_its_own_memory():
    rng = np.random.default_rng(9)
    net = models.QNet(rng)
    before = {name: value.copy() for name, value in net.parameters.items()}
    batch = rng.standard_normal((32, 4), dtype=np.float32)
    zeros, over = np.zeros(32, np.float32), np.zeros(32, np.bool_)
    net.learn(batch, rng.integers(0, 2, 32), zeros + 1, batch[::-1].copy(), over)
    for name, old in before.items():
        moved = net.parameters[name] - old
        assert moved.any(), name
        np.testing.assert_allclose(net.slow.parameters[name] - old, 0.005 * moved, atol=1e-7)
