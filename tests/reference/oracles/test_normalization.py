"""The reference of normalization against PyTorch, scikit-learn, SciPy and finite differences."""

import numba
import numpy as np
import pytest
from scipy import linalg, stats
from sklearn.preprocessing import StandardScaler

from reference import normalization as ref

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def drawn(seed, *shape, dtype=np.float64):
    return np.random.default_rng(seed).normal(0.7, 1.6, shape).astype(dtype)


def in_both(small, *large):
    """Give shapes in both types; a large one, whose loops are for all threads, in float32.

    Its loops in float64, which are of the same text, are compiled at release.
    """
    late = {np.float32: (), np.float64: pytest.mark.slow}
    return [(shape, dtype) for shape in small for dtype in late] + [
        pytest.param(shape, dtype, marks=mark) for shape in large for dtype, mark in late.items()
    ]


def close(found, expected, dtype=np.float64):
    near = {"rtol": 3e-4, "atol": 3e-5} if dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-11}
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, **near)


def torch_of(*arrays):
    torch = pytest.importorskip("torch")
    return torch, [torch.tensor(a, requires_grad=True) for a in arrays]


def by_autograd(y, dy, *leaves):
    """Return an output and the gradients of its leaves."""
    y.backward(y.new_tensor(dy))
    return [y.detach().numpy(), *(leaf.grad.numpy() for leaf in leaves)]


# --- inputs


@DTYPES
def test_standardize_is_scikit_learns_scaler(dtype):
    train, test = drawn(1, 9, 4, dtype=dtype), drawn(2, 5, 4, dtype=dtype)
    train[:, 2] = 0.1  # no sum of nine of it is nine times it
    scaler = StandardScaler().fit(train.astype(float))
    found = ref.standardize(train, test)
    close(found[0], scaler.transform(train.astype(float)), dtype)
    close(found[1], scaler.transform(test.astype(float)), dtype)
    assert not found[0][:, 2].any()


# --- batch norm in two dimensions


@pytest.mark.parametrize(("shape", "dtype"), in_both([(7, 5), (1, 3)], (300, 260)))
def test_batch_norm_is_pytorchs_forward_and_backward(shape, dtype):
    arrays = drawn(1, *shape, dtype=dtype), drawn(2, shape[1], dtype=dtype), drawn(3, shape[1])
    arrays = (*arrays[:2], arrays[2].astype(dtype))
    dy = drawn(4, *shape, dtype=dtype)
    torch, (x, gamma, beta) = torch_of(*arrays)
    away = x - x.mean(0)
    y = gamma * away / torch.sqrt(away.square().mean(0) + 0.2) + beta
    expected = by_autograd(y, dy, x, gamma, beta)
    found, mean, var = ref.batch_norm_forward(*arrays, 0.2)
    for one, other in zip(
        (found, *ref.batch_norm_backward(dy, arrays[0], arrays[1], 0.2)), expected, strict=True
    ):
        close(one, other, dtype)
    described = stats.describe(arrays[0].astype(float), axis=0, ddof=0)
    close(mean, described.mean, dtype)
    close(var, described.variance, dtype)


@pytest.mark.parametrize("momentum", [0.1, 0.35])
def test_running_statistics_are_those_of_pytorchs_layer(momentum):
    torch = pytest.importorskip("torch")
    layer = torch.nn.BatchNorm1d(3, eps=0.3, momentum=momentum, dtype=torch.float64)
    mean, var = np.zeros(3), np.ones(3)
    for seed in range(5):
        x = drawn(seed, 6, 3)
        y, m, v = ref.batch_norm_forward(x, np.ones(3), np.zeros(3), 0.3)
        close(y, layer(torch.tensor(x)).detach().numpy())
        mean, var = ref.update_running_stats(mean, var, m, v, 6, momentum)
    close(mean, layer.running_mean.numpy())
    close(var, layer.running_var.numpy())
    layer.eval()
    x = drawn(9, 4, 3)
    found = ref.batch_norm_inference(x, np.ones(3), np.zeros(3), mean, var, 0.3)
    close(found, layer(torch.tensor(x)).detach().numpy())


def test_a_batch_of_one_leaves_the_running_variance_alone():
    mean, var = ref.update_running_stats(
        np.zeros(2), np.array([1.0, 4.0]), np.array([7.0, 3.0]), np.zeros(2), 1
    )
    close(mean, [0.7, 0.3])
    close(var, [1.0, 4.0])


def differences(f, x, h=1e-6):
    """Return the gradient of f at x by central differences."""
    found = np.empty(x.shape)
    for index in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        found[index] = (f(up) - f(down)) / (2 * h)
    return found


def test_gradient_of_a_batch_is_that_of_finite_differences():
    x, dy, gamma, beta = drawn(1, 5, 3), drawn(2, 5, 3), drawn(3, 3), drawn(4, 3)
    measured = differences(lambda x: np.sum(dy * ref.batch_norm_forward(x, gamma, beta, 0.1)[0]), x)
    dx = ref.batch_norm_backward(dy, x, gamma, 0.1)[0]
    np.testing.assert_allclose(dx, measured, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(dx.sum(axis=0), 0, atol=1e-12)


# --- images


@pytest.mark.parametrize(("shape", "dtype"), in_both([(3, 4, 5, 2), (1, 2, 1, 3)], (8, 16, 24, 24)))
def test_spatial_batch_norm_is_pytorchs(shape, dtype):
    c = shape[1]
    arrays = [drawn(1, *shape, dtype=dtype), drawn(2, c, dtype=dtype), drawn(3, c, dtype=dtype)]
    dy = drawn(4, *shape, dtype=dtype)
    torch, (x, gamma, beta) = torch_of(*arrays)
    y = torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=0.1)
    expected = by_autograd(y, dy, x, gamma, beta)
    for one, other in zip(
        ref.spatial_batch_norm(arrays[0], dy, *arrays[1:], 0.1), expected, strict=True
    ):
        close(one, other, dtype)


@pytest.mark.parametrize(
    ("shaped", "dtype"),
    in_both(
        [((2, 6, 3, 4), 1), ((2, 6, 3, 4), 2), ((2, 6, 3, 4), 6), ((1, 4, 1, 2), 2)],
        ((4, 32, 20, 20), 8),
    ),
)
def test_group_norm_is_pytorchs(shaped, dtype):
    shape, groups = shaped
    c = shape[1]
    arrays = [drawn(1, *shape, dtype=dtype), drawn(2, c, dtype=dtype), drawn(3, c, dtype=dtype)]
    dy = drawn(4, *shape, dtype=dtype)
    torch, (x, gamma, beta) = torch_of(*arrays)
    y = torch.nn.functional.group_norm(x, groups, gamma, beta, eps=0.1)
    expected = by_autograd(y, dy, x, gamma, beta)
    for one, other in zip(
        ref.group_norm(arrays[0], dy, *arrays[1:], groups, 0.1), expected, strict=True
    ):
        close(one, other, dtype)


def test_folding_leaves_pytorchs_convolution_and_batch_norm_as_they_are():
    torch = pytest.importorskip("torch")
    w, b, gamma, beta = drawn(1, 4, 3, 3, 2), drawn(2, 4), drawn(3, 4), drawn(4, 4)
    mean, var, x = drawn(5, 4), drawn(6, 4) ** 2, torch.tensor(drawn(7, 2, 3, 6, 5))
    tensors = [torch.tensor(a) for a in (w, b, mean, var, gamma, beta)]
    convolved = torch.conv2d(x, *tensors[:2])
    expected = torch.nn.functional.batch_norm(convolved, *tensors[2:], training=False, eps=0.4)
    folded = ref.fold_batch_norm(w, b, gamma, beta, mean, var, 0.4)
    close(torch.conv2d(x, *map(torch.tensor, folded)).numpy(), expected.numpy())


# --- sequences


@pytest.mark.parametrize(
    ("shape", "dtype"), in_both([(2, 3, 5), (1, 1, 4), (3, 2, 1)], (16, 40, 130))
)
def test_layer_norm_is_pytorchs(shape, dtype):
    d = shape[2]
    arrays = [drawn(1, *shape, dtype=dtype), drawn(2, d, dtype=dtype), drawn(3, d, dtype=dtype)]
    dy = drawn(4, *shape, dtype=dtype)
    torch, (x, gamma, beta) = torch_of(*arrays)
    y = torch.nn.functional.layer_norm(x, (d,), gamma, beta, eps=0.1)
    expected = by_autograd(y, dy, x, gamma, beta)
    close(ref.layer_norm_forward(*arrays, 0.1), expected[0], dtype)
    for one, other in zip(ref.layer_norm_backward(dy, *arrays[:2], 0.1), expected[1:], strict=True):
        close(one, other, dtype)


@pytest.mark.parametrize(("shape", "dtype"), in_both([(2, 3, 5)], (16, 40, 130)))
def test_rms_norm_is_pytorchs(shape, dtype):
    torch = pytest.importorskip("torch")
    x, gamma = drawn(1, *shape, dtype=dtype), drawn(2, shape[2], dtype=dtype)
    expected = torch.nn.functional.rms_norm(
        torch.tensor(x), (shape[2],), torch.tensor(gamma), eps=0.3
    )
    close(ref.rms_norm(x, gamma, 0.3), expected.numpy(), dtype)


# --- what normalization does


def test_layers_of_pytorch_are_recognised():
    torch = pytest.importorskip("torch")
    nn = torch.nn.functional
    x = torch.tensor(drawn(1, 3, 6, 4, 4)) + torch.tensor(drawn(2, 3, 6, 1, 1))
    seen = {
        ("batch", 0): nn.batch_norm(x, None, None, training=True),
        ("layer", 1): nn.group_norm(x, 1),
        ("group", 2): nn.group_norm(x, 2),
        ("group", 3): nn.group_norm(x, 3),
        ("instance", 6): nn.instance_norm(x),
        ("none", 0): x,
    }
    assert {name: ref.which_norm(y.numpy()) for name, y in seen.items()} == {
        name: name for name in seen
    }


def test_scaled_step_is_what_pytorch_does_before_a_batch_norm():
    torch = pytest.importorskip("torch")
    x, target, w = (torch.tensor(drawn(k, *s)) for k, s in ((1, (9, 4)), (2, (9, 3)), (3, (3, 4))))
    c = torch.tensor([0.5, 2.0, 3.0], dtype=torch.float64)

    def gradient(weights):
        weights = weights.clone().requires_grad_()
        y = torch.nn.functional.batch_norm(x @ weights.T, None, None, training=True, eps=1e-14)
        (y - target).square().mean().backward()
        return weights.grad

    long = c[:, None] * w
    expected = long - 0.7 * gradient(long)
    new, rates = ref.scaled_step(w.numpy(), gradient(w).numpy(), c.numpy(), 0.7)
    close(new, expected.numpy())
    short = w - torch.tensor(rates)[:, None] * gradient(w)
    turned = torch.nn.functional.cosine_similarity(short, expected, dim=1)
    close(turned.numpy(), np.ones(3))


@DTYPES
def test_clipping_is_pytorchs(dtype):
    torch = pytest.importorskip("torch")
    gradients = [drawn(1, 3, 4, dtype=dtype), drawn(2, 5, dtype=dtype), np.zeros(2, dtype)]

    def parameters():
        made = [torch.zeros(g.shape, dtype=torch.tensor(g).dtype) for g in gradients]
        for parameter, g in zip(made, gradients, strict=True):
            parameter.grad = torch.tensor(g)
        return made

    by_value, together, large = parameters(), parameters(), parameters()
    torch.nn.utils.clip_grad_value_(by_value, 0.8)
    torch.nn.utils.clip_grad_norm_(together, 1.5)
    torch.nn.utils.clip_grad_norm_(large, 1e9)
    for how, limit, clipped in (("value", 0.8, by_value), ("global", 1.5, together),
                                ("global", 1e9, large)):  # fmt: skip
        for found, other in zip(ref.clip_gradients(gradients, limit, how), clipped, strict=True):
            np.testing.assert_allclose(found, other.grad.numpy(), rtol=1e-5)
            assert found.dtype == dtype
    for found, g in zip(ref.clip_gradients(gradients, 1.5, "norm"), gradients, strict=True):
        size = linalg.norm(g)
        np.testing.assert_allclose(found, g * min(1, 1.5 / max(size, 1e-9)), rtol=1e-5)


def test_gradients_that_are_not_finite_are_dealt_with_as_stated():
    bad, good = np.array([np.inf, -np.inf, np.nan, 0.5]), np.array([3.0, 4.0])
    value, _ = ref.clip_gradients([bad, good], 2.0, "value")
    np.testing.assert_array_equal(value, [2.0, -2.0, 0.0, 0.5])
    one, other = ref.clip_gradients([bad, good], 2.5, "norm")
    assert not one.any()
    np.testing.assert_allclose(other, [1.5, 2.0])
    assert not any(g.any() for g in ref.clip_gradients([bad, good], 2.5, "global"))


# --- threads, and what does not fit


@pytest.mark.parametrize("dtype", [np.float32, pytest.param(np.float64, marks=pytest.mark.slow)])
def test_one_thread_and_several_give_the_same_bits(dtype):
    images, up = drawn(1, 4, 8, 40, 40, dtype=dtype), drawn(2, 4, 8, 40, 40, dtype=dtype)
    rows, back = images.reshape(320, 160), up.reshape(320, 160)
    sequence, again = images.reshape(8, 50, 128), up.reshape(8, 50, 128)
    g8, g160, g128 = (drawn(k, k, dtype=dtype) for k in (8, 160, 128))

    def everything():
        return [
            *ref.batch_norm_forward(rows, g160, g160),
            *ref.batch_norm_backward(back, rows, g160),
            *ref.spatial_batch_norm(images, up, g8, g8),
            *ref.group_norm(images, up, g8, g8, 4),
            ref.layer_norm_forward(sequence, g128, g128),
            *ref.layer_norm_backward(again, sequence, g128),
            ref.rms_norm(sequence, g128),
        ]

    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = everything()
    finally:
        numba.set_num_threads(threads)
    for found, other in zip(everything(), alone, strict=True):
        np.testing.assert_array_equal(found, other)


def test_what_does_not_fit_is_refused_with_both_shapes_named():
    x = drawn(1, 4, 3)
    with pytest.raises(ValueError, match=r"expected gamma of shape \(D,\) with D = 3.*got \(4,\)"):
        ref.batch_norm_forward(x, np.ones(4), np.ones(3))
    with pytest.raises(
        ValueError, match=r"expected x of shape .* as in dy, D = 3 as in dy, got \(4, 3\)"
    ):
        ref.batch_norm_backward(x[:2], x, np.ones(3))
    image = drawn(1, 2, 6, 2, 2)
    with pytest.raises(ValueError, match="groups"):
        ref.group_norm(image, image, np.ones(6), np.ones(6), 4)
    with pytest.raises(ValueError, match="how"):
        ref.clip_gradients([x], 1.0, "length")
    with pytest.raises(ValueError, match=r"expected numbers in c > 0, got -1\.0 at \[2\]"):
        ref.scaled_step(x, x, np.array([1.0, 2.0, -1.0, 1.0]), 0.1)
