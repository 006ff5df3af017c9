"""Models as people use them: any dtype, copies that learn, choices, saving, and what is refused."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from reference import models, optimizers

RNG = np.random.default_rng(4)
X = RNG.normal(size=(70, 6)).astype(np.float32)
Y = (X[:, 0] + X[:, 1] > 0).astype(np.int64) + (X[:, 2] > 1)
SIZES = (6, 8, 3)


def bits(model) -> list[bytes]:
    return [value.tobytes() for value in model.parameters.values()]


@pytest.mark.parametrize("kind", [np.float64, np.uint8, np.int64, bool])
def test_samples_of_any_dtype_train_as_their_float32(kind):
    x = np.abs(10 * X).astype(kind)
    trained = []
    for given in (x, x.astype(np.float32)):
        net = models.Mlp(0, SIZES)
        net.fit(given, Y, epochs=2)
        trained.append(bits(net))
        assert all(np.isfinite(value).all() for value in net.parameters.values())
    assert trained[0] == trained[1]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_goes_on_learning_by_itself(copied):
    net = models.Mlp(0, SIZES)
    net.fit(X, Y, epochs=1)
    before, twin = bits(net), copied(net)
    twin.fit(X, Y, epochs=1, seed=1)
    assert bits(net) == before
    assert bits(twin) != before
    net.fit(X, Y, epochs=1, seed=1)
    assert bits(net) == bits(twin)


def test_the_rate_can_be_set_and_follows_a_schedule():
    net = models.Mlp(0, SIZES)
    before = bits(net)
    net.lr = 0.0
    net.fit(X, Y, epochs=1)
    assert bits(net) == before
    rates = lambda t: 0.1 / (1 + t)
    assert net.fit(X, Y, epochs=2, schedule=rates)["lr"] == [rates(2), rates(5)]


def test_an_optimizer_is_chosen_by_name():
    net = models.Mlp(0, SIZES).compile("momentum", lr=0.05, beta=0.8)
    theirs = {name: value.copy() for name, value in net.parameters.items()}
    velocity = {name: np.zeros_like(value) for name, value in theirs.items()}
    for _ in range(3):
        net.step(X, Y)
        for name, slope in net.slopes.items():
            theirs[name], velocity[name] = optimizers.momentum_step(
                theirs[name], slope, velocity[name], 0.05, 0.8
            )
    assert all(np.array_equal(theirs[name], value) for name, value in net.parameters.items())
    with pytest.raises(ValueError, match=r"expected an optimizer of sgd, momentum.*got 'lion'"):
        net.compile("lion")
    with pytest.raises(ValueError, match="momentum has lr, beta, not rate"):
        net.optimizer.set(rate=1.0)
    with pytest.raises(ValueError, match="adadelta has no learning rate, only rho, eps"):
        net.compile("adadelta").lr = 1.0


def test_the_last_short_batch_is_used_and_a_batch_may_exceed_the_samples():
    seen = []

    class Counting(models.Mlp):
        def step(self, x, labels):
            seen.append(len(x))
            return super().step(x, labels)

    loss = Counting(0, SIZES).fit(X, Y, epochs=1, batch=32)["loss"]
    assert seen == [32, 32, 6]
    assert np.isfinite(loss).all()
    seen.clear()
    assert np.isfinite(Counting(0, SIZES).fit(X, Y, epochs=1, batch=1000)["loss"]).all()
    assert seen == [70]


def test_a_column_of_labels_is_as_good():
    net = models.Mlp(0, SIZES)
    net.fit(X, Y[:, None], epochs=3)
    assert net.accuracy(X, Y[:, None]) == net.accuracy(X, Y) == np.mean(net.predict(X) == Y)


def test_prediction_in_batches_is_that_of_all():
    net = models.Mlp(0, SIZES)
    assert np.array_equal(net.predict(X, batch=32), net.logits(X).argmax(axis=1))
    assert net.predict(X[:0]).shape == (0,)
    loss, share = net.evaluate(X, Y, batch=11)
    assert share == net.accuracy(X, Y)
    assert loss == pytest.approx(net.backward(X, Y), rel=1e-5)


def test_the_best_epoch_on_validation_is_kept_and_training_stops_after_patience():
    net, told = models.Mlp(0, SIZES).compile("sgd", lr=0.5), []
    history = net.fit(X, Y, epochs=60, validation=(X[:20], 2 - Y[:20]), patience=4,
                      progress=told.append)  # fmt: skip
    losses = history["val_loss"]
    assert len(losses) == int(np.argmin(losses)) + 1 + 4 < 60
    assert net.evaluate(X[:20], 2 - Y[:20])[0] == min(losses)
    assert len(told) == len(losses)
    assert told[0].startswith("epoch 1 of 60: loss ")


def test_a_training_that_breaks_down_stops_and_says_where():
    net = models.Mlp(0, SIZES)
    x = X.copy()
    x[40, 2] = np.nan
    with pytest.raises(FloatingPointError, match=r"loss is nan in epoch 1, batch \d.*gradients of"):
        net.fit(x, Y)
    with pytest.raises(FloatingPointError, match=r"is the rate 1e[+]30 too large"):
        models.Mlp(0, SIZES).compile("sgd", lr=1e30).fit(X, Y, epochs=3)


WRONG = [
    (X[:, :5], Y, r"expected samples of shape \(N, 6\), got float32 \(32, 5\)"),
    (X.astype(str), Y, "expected samples"),
    (X, Y[:-1], "expected 70 labels as there are samples"),
    (X, Y.astype(float), "expected 32 labels, whole numbers"),
    (X, Y + 1, "expected whole numbers in labels < K = 3"),
    (X[:0], Y[:0], "expected samples and a batch of at least 1, got 0 and 32"),
]


@pytest.mark.parametrize(("x", "labels", "told"), WRONG)
def test_what_does_not_fit_is_refused(x, labels, told):
    with pytest.raises(ValueError, match=told):
        models.Mlp(0, SIZES).fit(x, labels)


IMAGES, LETTERS = RNG.normal(size=(6, 1, 16, 16)), RNG.integers(0, 5, (7, 6))
NETS = {
    "Mlp": (lambda: models.Mlp(1, SIZES), X[:6], Y[:6]),
    "LeNet": (lambda: models.LeNet(1, side=16, classes=3), IMAGES, Y[:6]),
    "Residual": (lambda: models.Residual(1, channels=4, blocks=1, classes=3), IMAGES, Y[:6]),
    "Letters": (lambda: models.Letters(1, 5, hidden=4), LETTERS, np.roll(LETTERS, -1, 0)),
    "QNet": (lambda: models.QNet(1, states=6, actions=3), X[:6], Y[:6]),
}


@pytest.mark.parametrize("name", NETS)
def test_a_saved_model_goes_on_as_the_model_would(name, tmp_path):
    make, x, y = NETS[name]
    net = make().compile("rmsprop", lr=0.01)
    net.fit(x, y, epochs=2, batch=4)
    net.save(tmp_path / "net.npz")
    loaded = type(net).load(tmp_path / "net.npz")
    assert loaded.optimizer.numbers == net.optimizer.numbers
    for one in (net, loaded):
        one.fit(x, y, epochs=1, batch=4)
    assert bits(net) == bits(loaded)
    assert np.array_equal(net.predict(x), loaded.predict(x))
    assert net.predict(x).shape == np.shape(y)
    if name == "QNet":
        assert bits(net.slow) == bits(loaded.slow)


def test_a_file_that_holds_no_model_is_refused(tmp_path):
    net, path = models.Mlp(0, SIZES), tmp_path / "net.npz"
    net.save(path)
    whole = path.read_bytes()
    with pytest.raises(ValueError, match="holds a Mlp, not a LeNet"):
        models.LeNet.load(path)
    for content in (whole[: len(whole) // 2], b"", b"text"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is no model that was saved here, or is damaged"):
            models.load(path)
    np.savez(path, x=np.ones(3))
    with pytest.raises(ValueError, match="is no model that was saved here"):
        models.load(path)
    with pytest.raises(FileNotFoundError):
        models.load(tmp_path / "none.npz")
