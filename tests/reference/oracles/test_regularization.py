"""The reference of regularization against PyTorch, SciPy, scikit-learn, colorsys and paper."""

import colorsys
import itertools

import numba
import numpy as np
import pytest
from scipy import ndimage
from scipy.special import softmax
from sklearn.metrics import mean_squared_error

from reference import regularization as ref


def rng(seed=0):
    return np.random.default_rng(seed)


def layers(seed, *sizes):
    draw = rng(seed)
    return [(draw.normal(size=(f, d)), draw.normal(size=f)) for d, f in itertools.pairwise(sizes)]


def close(found, expected, dtype=np.float64):
    near = {"rtol": 2e-4, "atol": 2e-5} if dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(found, expected, **near)


# --- bias and variance, weights


def test_bias_and_variance_add_up_to_scikit_learns_error():
    fits, truth = rng(1).normal(size=(7, 9)) + 1, rng(2).normal(size=9)
    bias, variance, total = ref.bias_variance(fits, truth, 0.3)
    error = np.mean([mean_squared_error(truth, fit) for fit in fits])
    assert bias + variance == pytest.approx(error, rel=1e-12)
    assert total == pytest.approx(error + 0.3, rel=1e-12)
    assert variance == pytest.approx(np.mean(np.var(fits, axis=0)), rel=1e-12)


def test_total_is_the_error_on_measurements_with_noise():
    """What bias, variance and noise predict is what a simulation of noisy measurements finds."""
    draw, truth = rng(3), np.array([0.0, 1.0, -2.0])
    fits = truth + 0.5 + 0.8 * draw.normal(size=(400, 3))
    measured = truth + 0.7 * draw.normal(size=(4000, 1, 3))
    simulated = np.mean((fits - measured) ** 2)
    assert ref.bias_variance(fits, truth, 0.49)[2] == pytest.approx(simulated, rel=0.03)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("l1", "l2"), [(0.7, 0.0), (0.0, 1.3), (0.4, 2.0)])
def test_elastic_penalty_is_pytorchs(l1, l2, dtype):
    torch = pytest.importorskip("torch")
    net = [(w.astype(dtype), b.astype(dtype)) for w, b in layers(4, 5, 4, 3)]
    net[0][0][0, 0] = 0.0
    tensors = [torch.tensor(w, requires_grad=True) for w, _ in net]
    loss = sum(l1 / 12 * w.abs().sum() + l2 / 12 * w.square().sum() for w in tensors)
    loss.backward()
    penalty, slopes = ref.elastic_penalty(net, l1, l2, 6)
    assert penalty == pytest.approx(loss.item(), rel=1e-5 if dtype == np.float32 else 1e-12)
    for (dw, db), tensor in zip(slopes, tensors, strict=True):
        assert dw.dtype == db.dtype == dtype
        close(dw, tensor.grad.numpy(), dtype)
        assert not db.any()


def paths():
    """Each rule as PyTorch's optimizers or SciPy's arithmetic make it, and its name."""
    torch = pytest.importorskip("torch")
    w = torch.tensor([3.0, -1.5, 0.02, 2.0], dtype=torch.float64)
    decayed, path = torch.nn.Parameter(w.clone()), [w.numpy().copy()]
    optimizer = torch.optim.SGD([decayed], lr=0.1, weight_decay=0.8)
    for _ in range(4):
        decayed.grad = torch.zeros_like(decayed)
        optimizer.step()
        path.append(decayed.detach().numpy().copy())
    yield np.array(path), ("l2", 0.8)
    soft = [w]
    for _ in range(4):
        soft.append(torch.nn.functional.softshrink(soft[-1], 0.1 * 1.7))
    yield torch.stack(soft).numpy(), ("l1", 1.7)
    bounded = torch.renorm(w[None], 2, 0, 1.2)[0]
    yield (
        torch.stack([w, bounded, torch.renorm(bounded[None], 2, 0, 1.2)[0]]).numpy(),
        (
            "max-norm",
            1.2,
        ),
    )
    yield np.tile(w.numpy(), (3, 1)), ("none", 0.0)


def test_footprints_of_pytorchs_own_rules():
    for path, (name, strength) in paths():
        found = ref.which_penalty(path, 0.1)
        assert found[0] == name
        assert found[1] == pytest.approx(strength, rel=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_decay_is_that_of_pytorchs_adamw(dtype):
    """AdamW's first step is its update, lr * sign(g), and the decay of the old weights."""
    torch = pytest.importorskip("torch")
    w, g = rng(5).normal(size=(2, 4, 3)).astype(dtype)
    parameter = torch.nn.Parameter(torch.tensor(w))
    optimizer = torch.optim.AdamW([parameter], lr=0.05, weight_decay=0.3, eps=0.0)
    parameter.grad = torch.tensor(g)
    optimizer.step()
    found = ref.constrained_step(w, dtype(0.05) * np.sign(g), 0.05, 0.3)
    assert found.dtype == dtype
    close(found, parameter.detach().numpy(), dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_are_bounded_as_by_pytorchs_renorm(dtype):
    torch = pytest.importorskip("torch")
    w = (rng(6).normal(size=(6, 5)) * np.arange(6)[:, np.newaxis]).astype(dtype)
    expected = torch.renorm(torch.tensor(w), 2, 0, 3.0).numpy()
    close(ref.constrained_step(w, np.zeros_like(w), 0.1, r=3.0), expected, np.float32)


def test_mask_is_that_of_pytorchs_pruning():
    torch = pytest.importorskip("torch")
    prune = pytest.importorskip("torch.nn.utils.prune")
    first, second = torch.nn.Linear(5, 4), torch.nn.Linear(4, 3)
    pairs = [(first, "weight"), (second, "weight")]
    weights = [layer.weight.detach().double().numpy().copy() for layer, _ in pairs]
    prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=13)
    masks = ref.magnitude_prune(weights, 13 / 32)
    for mask, (layer, _) in zip(masks, pairs, strict=True):
        np.testing.assert_array_equal(mask, layer.weight_mask.numpy() == 1)
    w, update = rng(7).normal(size=(2, 4, 5))
    stepped = ref.constrained_step(w, update, 0.1, mask=masks[0])
    np.testing.assert_array_equal(stepped == 0, ~masks[0])
    close(stepped[masks[0]], (w - update)[masks[0]])


def test_equal_magnitudes_go_in_order():
    weights = [np.array([0.5, -0.1]), np.array([2.0, 0.1, -3.0, 0.2])]
    flat = lambda s: np.concatenate(ref.magnitude_prune(weights, s)).tolist()
    assert flat(1 / 6) == [True, False, True, True, True, True]
    assert flat(0.5) == [True, False, True, False, True, False]
    assert sum(not kept for kept in np.concatenate(ref.magnitude_prune([np.ones(100)], 0.29))) == 29


# --- dropout and its relatives


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_is_autograd_through_the_same_mask(dtype):
    torch = pytest.importorskip("torch")
    x, dy = rng(8).normal(size=(2, 4, 6)).astype(dtype)
    u = rng(9).random((4, 6)).astype(dtype)
    tensor = torch.tensor(x, requires_grad=True)
    y = tensor * torch.tensor((u >= 0.4).astype(dtype)) / (1 - 0.4)
    y.backward(torch.tensor(dy))
    found, dx = ref.dropout(x, dy, u, 0.4)
    assert found.dtype == dx.dtype == dtype
    close(found, y.detach().numpy(), dtype)
    close(dx, tensor.grad.numpy(), dtype)


def test_dropout_follows_pytorchs_law():
    """Entries are zero with probability p, or scaled: as torch.nn.functional.dropout has them."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    theirs = torch.nn.functional.dropout(torch.ones(100_000), 0.3).numpy()
    ones = np.ones(100_000)
    ours = ref.dropout(ones, ones, rng(10).random(100_000), 0.3)[0]
    close(np.unique(ours), np.unique(theirs), np.float32)
    assert np.mean(ours == 0) == pytest.approx(np.mean(theirs == 0), abs=0.01)
    assert ref.dropout(ones, ones, ones * 0.5, 1.0)[0].sum() == 0
    np.testing.assert_array_equal(ref.dropout(ones, ones, ones * 0.5, 0.9, training=False)[0], ones)


@pytest.mark.parametrize("p", [0.25, 0.5])
def test_pytorchs_layer_is_recognised(p):
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    x = rng(11).uniform(0.5, 2, (3, 8))
    layer = torch.nn.Dropout(p)
    train, test = layer(torch.tensor(x)).numpy(), layer.eval()(torch.tensor(x)).numpy()
    assert ref.dropout_fault(x, train, test) == ("inverted", np.mean(train == 0))
    assert ref.dropout_fault(x, train * (1 - p), test * (1 - p))[0] == "original"
    assert ref.dropout_fault(x, train * (1 - p), test)[0] == "never-scaled"
    assert ref.dropout_fault(x, train, test * (1 - p))[0] == "scaled-twice"
    assert ref.dropout_fault(x, train, train[::-1])[0] == "left-on"
    assert ref.dropout_fault(x, np.where(x[:1] > x[0].mean(), x / (1 - p), 0), x)[0] == "one-mask"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mc_dropout_is_pytorchs_net(dtype):
    torch = pytest.importorskip("torch")
    net = [(w.astype(dtype), b.astype(dtype)) for w, b in layers(12, 4, 6, 3)]
    x, u = rng(13).normal(size=(5, 4)).astype(dtype), rng(14).random((7, 5, 6))
    (w1, b1), (w2, b2) = [[torch.tensor(part) for part in layer] for layer in net]
    hidden = torch.relu(torch.nn.functional.linear(torch.tensor(x), w1, b1))
    kept = torch.tensor((u >= 0.3) / 0.7).to(hidden.dtype)
    answers = torch.nn.functional.linear(hidden * kept, w2, b2)
    mean, variance = ref.mc_dropout(x, net, u, 0.3)
    assert mean.dtype == variance.dtype == dtype
    close(mean, answers.mean(0).numpy(), dtype)
    np.testing.assert_allclose(
        variance, answers.var(0, unbiased=False).numpy(), rtol=2e-3 if dtype == np.float32 else 1e-9
    )


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_stochastic_depth_block_by_block(training, dtype):
    torch = pytest.importorskip("torch")
    x, u = rng(15).normal(size=(4, 3)).astype(dtype), rng(16).random((5, 4))
    weights = [rng(20 + k).normal(size=(3, 3)).astype(dtype) for k in range(5)]
    h = torch.tensor(x)
    for number, w in enumerate(weights, 1):
        p = 1 - number / 5 * (1 - 0.4)
        gate = torch.tensor((u[number - 1] < p).astype(dtype))[:, None] if training else p
        h = h + gate * torch.relu(torch.nn.functional.linear(h, torch.tensor(w)))
    found = ref.stochastic_depth(x, weights, u, 0.4, training)
    assert found.dtype == dtype
    close(found, h.numpy(), dtype)


def test_first_blocks_survive_most_often():
    """Shares of survivors over many draws: the paper's line from 1 down to p_L."""
    one, n = [np.array([[1.0]])] * 4, 20_000
    for depth in range(1, 5):
        u = rng(depth).random((4, n))
        u[: depth - 1], u[depth:] = 2.0, 2.0
        grown = ref.stochastic_depth(np.ones((n, 1)), one, u, 0.5)
        assert np.mean(grown == 2) == pytest.approx(1 - depth / 4 * 0.5, abs=0.02)


# --- training


@pytest.mark.parametrize("seed", range(8))
def test_early_stopping_is_that_of_scikit_learn_like_counting(seed):
    """By definition: the first epoch whose last `patience` losses all are at least the best."""
    losses = rng(seed).integers(0, 9, 20).astype(float)
    for patience in (1, 2, 3, 5):
        ends = [
            t
            for t in range(patience, 20)
            if losses[t - patience + 1 : t + 1].min() >= losses[: t - patience + 1].min()
        ]
        stop = ends[0] if ends else 19
        assert ref.early_stopping(losses, patience) == (stop, int(np.argmin(losses[: stop + 1])))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_smoothed_targets_give_pytorchs_loss(dtype):
    torch = pytest.importorskip("torch")
    logits, labels = rng(17).normal(size=(6, 5)), rng(18).integers(0, 5, 6)
    ones, order = np.ones(6), np.arange(6)
    targets = ref.mixup(logits.astype(dtype), labels, 5, ones, order, 0.2)[1]
    assert targets.dtype == dtype
    loss = torch.nn.functional.cross_entropy(
        torch.tensor(logits), torch.tensor(labels), label_smoothing=0.2
    ).item()
    assert -np.mean((targets * np.log(softmax(logits, axis=1))).sum(1)) == pytest.approx(loss, 1e-5)


def test_mixup_is_lerp():
    torch = pytest.importorskip("torch")
    x, labels, lam = rng(19).normal(size=(5, 2, 3)), rng(20).integers(0, 4, 5), rng(21).random(5)
    order = np.array([1, 2, 3, 4, 0])
    mixed, targets = ref.mixup(x, labels, 4, lam, order)
    one_hot = torch.nn.functional.one_hot(torch.tensor(labels), 4).double()
    weight = torch.tensor(1 - lam)
    x = torch.tensor(x)
    close(mixed, torch.lerp(x, x[order], weight[:, None, None]).numpy())
    close(targets, torch.lerp(one_hot, one_hot[order], weight[:, None]).numpy())


# --- augmentation


def still(n):
    return np.zeros(n, dtype=bool), np.zeros(n), np.zeros((n, 2)), np.ones(n)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_warp_is_scipys_affine_transform(dtype):
    draw = rng(22)
    images = draw.random((4, 2, 7, 6)).astype(dtype)
    flip, angle = np.array([True, False, True, False]), draw.uniform(-2, 2, 4)
    shift, zoom, size = draw.uniform(-1.5, 1.5, (4, 2)), draw.uniform(0.6, 1.8, 4), (5, 8)
    found = ref.augment_warp(images, flip, angle, shift, zoom, size)
    assert found.dtype == dtype
    padded = np.pad(images.astype(float), [(0, 0), (0, 0), (9, 9), (9, 9)])
    for n in range(4):
        cos, sin, sign = np.cos(angle[n]), np.sin(angle[n]), -1.0 if flip[n] else 1.0
        back = np.array([[cos, -sin], [sign * sin, sign * cos]]) / zoom[n]
        middle = np.array([4, 7]) / 2 + shift[n, ::-1]
        offset = np.array([6, 5]) / 2 + 9 - back @ middle
        for c in range(2):
            expected = ndimage.affine_transform(padded[n, c], back, offset, size, order=1)
            close(found[n, c], expected, np.float32)


def test_warp_is_pytorchs_grid_sample():
    torch = pytest.importorskip("torch")
    images, angle = rng(23).random((1, 1, 6, 6)), 0.7
    cos, sin = np.cos(angle), np.sin(angle)
    theta = torch.tensor([[[cos, sin, 0.0], [-sin, cos, 0.0]]])
    functional = torch.nn.functional
    grid = functional.affine_grid(theta, (1, 1, 6, 6), align_corners=True)
    expected = functional.grid_sample(torch.tensor(images), grid, align_corners=True).numpy()
    flip, _, shift, zoom = still(1)
    close(ref.augment_warp(images, flip, np.array([angle]), shift, zoom, (6, 6)), expected)


def test_quarter_turns_and_mirrors_are_numpys():
    images = rng(24).random((2, 3, 4, 4))
    flip, angle, shift, zoom = still(2)
    clockwise = ref.augment_warp(images, flip, angle + np.pi / 2, shift, zoom, (4, 4))
    close(clockwise, np.rot90(images, -1, axes=(2, 3)))
    close(ref.augment_warp(images, ~flip, angle, shift, zoom, (4, 4)), images[..., ::-1])
    close(ref.augment_warp(images, flip, angle, shift, zoom, (2, 2)), images[..., 1:3, 1:3])


@pytest.mark.parametrize("hue", [0.0, 0.2, -0.4, 1.3])
def test_hue_is_that_of_colorsys(hue):
    images = rng(25).random((1, 3, 4, 5))
    images[0, :, 0, 0] = 0.4
    images[0, 1, 0, 1] = images[0, 0, 0, 1]
    one = np.ones(1)
    found = ref.augment_colour(images, one, one, one, np.array([hue]))
    for i, j in np.ndindex(4, 5):
        h, s, v = colorsys.rgb_to_hsv(*images[0, :, i, j])
        close(found[0, :, i, j], colorsys.hsv_to_rgb((h + hue) % 1.0, s, v))


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.6])
@pytest.mark.parametrize("name", ["Brightness", "Contrast", "Color"])
def test_factors_are_those_of_pillow(name, factor):
    """To within the rounding of Pillow's whole numbers."""
    image = pytest.importorskip("PIL.Image")
    enhance = pytest.importorskip("PIL.ImageEnhance")
    pixels = rng(26).integers(0, 256, (9, 8, 3), dtype=np.uint8)
    theirs = getattr(enhance, name)(image.fromarray(pixels)).enhance(factor)
    factors = dict.fromkeys(("Brightness", "Contrast", "Color"), np.ones(1))
    factors[name] = np.array([factor])
    given = pixels.transpose(2, 0, 1)[np.newaxis] / 255
    found = ref.augment_colour(given, *factors.values(), np.zeros(1))
    assert np.abs(found[0].transpose(1, 2, 0) * 255 - np.asarray(theirs)).max() < 2.0


# --- attack


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fgsm_is_the_sign_of_pytorchs_gradient(dtype):
    torch = pytest.importorskip("torch")
    x, labels = rng(27).random((6, 5)).astype(dtype), rng(28).integers(0, 3, 6)
    w, b = rng(29).normal(size=(3, 5)).astype(dtype), rng(30).normal(size=3).astype(dtype)
    w[:, 2] = 0
    tensor = torch.tensor(x, requires_grad=True)
    scores = torch.nn.functional.linear(tensor, torch.tensor(w), torch.tensor(b))
    torch.nn.functional.cross_entropy(scores, torch.tensor(labels)).backward()
    expected = torch.clamp(tensor + 0.1 * tensor.grad.sign(), 0, 1).detach().numpy()
    found = ref.fgsm(x, labels, w, b, 0.1)
    assert found.dtype == dtype
    close(found, expected, dtype)
    np.testing.assert_array_equal(found[:, 2], x[:, 2])


def test_fgsm_is_best_of_all_corners():
    """No corner of the box raises the linearised loss more."""
    x, w, b = rng(31).random((1, 4)), rng(32).normal(size=(3, 4)), rng(33).normal(size=3)
    slope = (softmax(x @ w.T + b) - np.eye(3)[[1]]) @ w
    found = ref.fgsm(x, np.array([1]), w, b, 0.2)
    for corner in itertools.product([-0.2, 0.0, 0.2], repeat=4):
        moved = np.clip(x + np.array(corner), 0, 1)
        assert np.sum(slope * (moved - x)) <= np.sum(slope * (found - x)) + 1e-12


# --- threads and refusals


def large():
    """Calls with enough numbers for all threads."""
    draw = rng(34)
    x, u = draw.normal(size=(2, 300, 400)).astype(np.float32)
    images = draw.random((40, 3, 32, 32)).astype(np.float32)
    n = len(images)
    moves = (draw.random(n) < 0.5, draw.normal(size=n), draw.normal(size=(n, 2)), np.ones(n))
    square = draw.normal(size=(400, 400)).astype(np.float32) / 20
    factors = draw.uniform(0.5, 1.5, (4, n))
    net = [(square, np.zeros(400)), (square[:20], np.zeros(20))]
    return {
        "elastic_penalty": ([(x, x[:, 0])], 0.3, 0.4, 5),
        "constrained_step": (x, u, 0.1, 0.1, x > 0, 1.0),
        "dropout": (x, u, abs(u) % 1, 0.3),
        "mc_dropout": (x[:60], net, draw.random((6, 60, 400)), 0.3),
        "stochastic_depth": (x, [square] * 2, draw.random((2, 300)), 0.5),
        "mixup": (x, np.arange(300) % 7, 7, draw.random(300), draw.permutation(300), 0.1),
        "augment_warp": (images, *moves, (32, 32)),
        "augment_colour": (images, *factors),
        "fgsm": (abs(x) % 1, np.arange(300) % 20, square[:20], np.zeros(20), 0.1),
    }


def flat(value):
    if isinstance(value, tuple | list):
        return b"".join(flat(item) for item in value)
    return np.ascontiguousarray(value).tobytes()


@pytest.mark.parametrize("name", large())
def test_one_and_two_threads_give_the_same_bits(name):
    args = large()[name]
    before = flat([a for a in args if isinstance(a, np.ndarray)])
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = flat(getattr(ref, name)(*args))
        numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
        together = flat(getattr(ref, name)(*args))
    finally:
        numba.set_num_threads(threads)
    assert alone == together
    assert before == flat([a for a in args if isinstance(a, np.ndarray)])
