"""The convolution core against PyTorch, SciPy, finite differences and published numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import reference.convolution as core

torch = pytest.importorskip("torch")
F = torch.nn.functional

GEOMETRIES = [
    {"stride": s, "padding": p, "dilation": d}
    for s, p, d in itertools.product((1, 2, 3), (0, 1, 2), (1, 2))
]
POOLS = [(2, None, 0), (3, 1, 1), (3, 2, 0), (2, 1, 1), (3, 3, 1), (4, 2, 2), (2, 3, 0)]
DTYPES = [(np.float64, 1e-12), (np.float32, 2e-6)]


@pytest.fixture
def rng():
    return np.random.default_rng(20)


def tensor(array):
    return torch.from_numpy(np.array(array))


def close(expected, actual, rtol=1e-12):
    expected = np.asarray(expected)
    assert expected.shape == actual.shape
    assert expected.dtype == actual.dtype
    scale = np.max(np.abs(expected), initial=0.0)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=rtol * max(scale, 1e-300))


# --- one dimension and counting ----------------------------------------------------------------


def test_smooth_track_is_scipys_causal_filter_divided_by_the_weights_present(rng):
    signal = pytest.importorskip("scipy.signal")
    track, weights = rng.normal(size=(11, 2)), rng.uniform(0.1, 1.0, 4)
    present = signal.lfilter(weights, [1.0], np.ones(11))[:, None]
    close(
        signal.lfilter(weights, [1.0], track, axis=0) / present, core.smooth_track(track, weights)
    )


def test_smooth_track_worked_number_and_more_weights_than_reports():
    track = np.array([[0.0], [4.0], [8.0]])
    close([[0.0], [3.0], [7.0]], core.smooth_track(track, np.array([3.0, 1.0])))
    close([[0.0], [2.0], [4.0]], core.smooth_track(track, np.ones(9)))


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 0), (3, 2), (2, 5)])
def test_conv1d_is_torchs(rng, stride, padding, dilation, dtype, rtol):
    x, w = rng.normal(size=13).astype(dtype), rng.normal(size=4).astype(dtype)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    expected = F.conv1d(tensor(x)[None, None], tensor(w)[None, None], **options)
    close(expected[0, 0], core.conv1d(x, w, **options), rtol)


@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (1, 4), (2, 2), (3, 1)])
def test_causal_conv1d_is_torchs_padded_in_front(rng, stride, dilation):
    x, w = rng.normal(size=11), rng.normal(size=3)
    padded = F.pad(tensor(x), (2 * dilation, 0))[None, None]
    expected = F.conv1d(padded, tensor(w)[None, None], stride=stride, dilation=dilation)
    close(expected[0, 0], core.conv1d(x, w, stride, "causal", dilation))


def test_causal_conv1d_is_scipys_filter_with_the_kernel_turned_and_sees_no_future(rng):
    signal = pytest.importorskip("scipy.signal")
    x, w = rng.normal(size=20), rng.normal(size=5)
    y = core.conv1d(x, w, padding="causal")
    close(signal.lfilter(w[::-1], [1.0], x), y)
    later = x.copy()
    later[12:] += 1
    assert np.array_equal(core.conv1d(later, w, padding="causal")[:12], y[:12])


def test_conv1d_worked_numbers():
    x, w = np.array([1.0, 2, 3, 4]), np.array([1.0, 0, -1])
    assert core.conv1d(x, w).tolist() == [-2, -2]
    assert core.conv1d(x, w, padding=1).tolist() == [-2, -2, -2, 3]
    assert core.conv1d(x, w, 2, 1).tolist() == [-2, -2]
    assert core.conv1d(x, w, padding="causal").tolist() == [-1, -2, -2, -2]
    assert core.conv1d(x, w, 1, "causal", 2).tolist() == [-1, -2, -3, -4]
    assert np.convolve(x, w, "valid").tolist() == [2, 2]


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_there_are_as_many_windows_as_torch_makes(geometry):
    zeros = geometry["padding"]
    for n, k in itertools.product(range(1, 14), range(1, 6)):
        if n + 2 * zeros < geometry["dilation"] * (k - 1) + 1:
            assert core.place_windows(n, k, **geometry) == (0, zeros, zeros)
            continue
        made = F.conv1d(torch.zeros(1, 1, n), torch.zeros(1, 1, k), **geometry).shape[-1]
        assert core.place_windows(n, k, **geometry) == (made, zeros, zeros)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_same_padding_against_torchs_and_the_published_example():
    assert core.place_windows(13, 6, 5, "valid") == (2, 0, 0)
    assert core.place_windows(13, 6, 5, "same") == (3, 1, 2)
    for n, k, d in itertools.product(range(1, 12), range(1, 7), (1, 2)):
        windows, *ends = core.place_windows(n, k, 1, "same", d)
        x, w = torch.arange(1.0, n + 1)[None, None], torch.arange(1.0, k + 1)[None, None]
        same = F.conv1d(x, w, padding="same", dilation=d)  # of stride 1: the extra on the right
        assert windows == n
        assert torch.equal(same, F.conv1d(F.pad(x, ends), w, dilation=d))


def test_same_padding_fits_exactly_the_windows_asked_for():
    for n, k, s, d in itertools.product(range(1, 20), range(1, 8), range(1, 6), (1, 2)):
        windows, before, after = core.place_windows(n, k, s, "same", d)
        assert windows == -(-n // s)
        assert 0 <= after - before <= 1
        padded = n + before + after
        assert core.place_windows(padded, k, s, "valid", d)[0] == windows
        if before + after:  # one zero less would lose a window
            assert core.place_windows(padded - 1, k, s, "valid", d)[0] == windows - 1


def test_costs_of_the_published_layer():
    """Géron 2019, Hands-on machine learning, chapter 14, "Memory requirements"."""
    parameters, products, memory = core.conv_cost((200, 150, 100), 3, (5, 5))
    assert (parameters, products, memory * 8) == (15_200, 225_000_000, 96_000_000)
    assert memory / 2**20 == pytest.approx(11.4, abs=0.05)
    assert memory * 100 > 1e9


def test_costs_are_those_of_a_torch_layer():
    layer = torch.nn.Conv2d(3, 7, (2, 5))
    out = layer(torch.zeros(1, 3, 8, 9))
    parameters, products, memory = core.conv_cost(tuple(out.shape[1:]), 3, (2, 5))
    assert parameters == sum(p.numel() for p in layer.parameters())
    assert products == out.numel() * layer.weight[0].numel()
    assert memory == out.numel() * out.element_size()


@pytest.mark.parametrize(("maps", "channels", "groups"), [(6, 4, 2), (8, 4, 4), (3, 3, 3)])
def test_costs_in_groups_are_those_of_a_torch_layer(maps, channels, groups):
    layer = torch.nn.Conv2d(channels, maps, (3, 2), groups=groups)
    out = layer(torch.zeros(1, channels, 7, 6))
    parameters, products, _ = core.conv_cost(tuple(out.shape[1:]), channels, (3, 2), groups=groups)
    assert parameters == sum(p.numel() for p in layer.parameters())
    assert products == out.numel() * layer.weight[0].numel()


# --- the layer ---------------------------------------------------------------------------------


def layer(rng, dtype=np.float64, n=2, c=3, h=9, w=11, maps=4, kh=3, kw=2):
    shapes = (n, c, h, w), (maps, c, kh, kw), (maps,)
    return tuple(rng.normal(size=shape).astype(dtype) for shape in shapes)


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_conv2d_and_its_gradients_are_torchs(rng, geometry, dtype, rtol):
    arrays = layer(rng, dtype)
    x, w, b = (tensor(array).requires_grad_() for array in arrays)
    y = F.conv2d(x, w, b, **geometry)
    close(y.detach(), core.conv2d_forward(*arrays, **geometry), rtol)
    dy = rng.normal(size=tuple(y.shape)).astype(dtype)
    y.backward(tensor(dy))
    got = core.conv2d_backward(dy, *arrays[:2], **geometry)
    for expected, actual in zip((x.grad, w.grad, b.grad), got, strict=True):
        close(expected, actual, rtol)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize(("kernel", "dilation"), [((3, 2), 1), ((4, 5), 1), ((2, 3), 2)])
def test_same_by_name_is_torchs_forward_and_backward(rng, kernel, dilation, dtype, rtol):
    arrays = layer(rng, dtype, kh=kernel[0], kw=kernel[1])
    x, w, b = (tensor(array).requires_grad_() for array in arrays)
    y = F.conv2d(x, w, b, padding="same", dilation=dilation)
    close(y.detach(), core.conv2d_forward(*arrays, 1, "same", dilation), rtol)
    dy = rng.normal(size=tuple(y.shape)).astype(dtype)
    y.backward(tensor(dy))
    got = core.conv2d_backward(dy, *arrays[:2], 1, "same", dilation)
    for expected, actual in zip((x.grad, w.grad, b.grad), got, strict=True):
        close(expected, actual, rtol)


@pytest.mark.parametrize("stride", [2, 3])
def test_same_with_a_stride_is_torchs_of_a_padded_image(rng, stride):
    arrays = layer(rng, kh=4, kw=3)
    x, w, b = (tensor(array).requires_grad_() for array in arrays)
    ends = [core.place_windows(n, k, stride, "same")[1:] for n, k in ((11, 3), (9, 4))]
    y = F.conv2d(F.pad(x, [*ends[0], *ends[1]]), w, b, stride=stride)
    close(y.detach(), core.conv2d_forward(*arrays, stride, "same"))
    dy = rng.normal(size=tuple(y.shape))
    y.backward(tensor(dy))
    got = core.conv2d_backward(dy, *arrays[:2], stride, "same")
    for expected, actual in zip((x.grad, w.grad, b.grad), got, strict=True):
        close(expected, actual)
    plain = core.conv2d_forward(*arrays, stride)
    assert np.array_equal(core.conv2d_forward(*arrays, stride, "valid"), plain)


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
@pytest.mark.parametrize(
    ("channels", "maps", "groups"),
    [(6, 4, 1), (6, 4, 2), (12, 6, 2), (5, 5, 5), (4, 12, 4), (64, 64, 64)],
)
def test_grouped_conv2d_is_torchs(rng, channels, maps, groups, stride, padding, dtype, rtol):
    shapes = (2, channels, 9, 20), (maps, channels // groups, 3, 2), (maps,)
    x, w, b = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    tensors = map(tensor, (x, w, b))
    expected = F.conv2d(*tensors, stride=stride, padding=padding, groups=groups)
    close(expected, core.grouped_conv2d(x, w, b, groups, stride, padding), rtol)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_grouped_conv2d_pads_by_name(rng):
    shapes = (2, 4, 6, 7), (4, 2, 4, 3), (4,)
    x, w, b = (rng.normal(size=shape) for shape in shapes)
    expected = F.conv2d(*map(tensor, (x, w, b)), padding="same", groups=2)
    close(expected, core.grouped_conv2d(x, w, b, 2, padding="same"))


def test_grouped_conv2d_worked_numbers():
    x = np.array([1.0, 2, 3, 4]).reshape(1, 4, 1, 1)
    w = np.array([[1.0, 10], [0, 1], [1, 10], [1, 0]])[:, :, None, None]
    assert core.grouped_conv2d(x, w, np.zeros(4), 2).ravel().tolist() == [21, 2, 43, 3]
    w = np.arange(1.0, 9).reshape(8, 1, 1, 1)
    expected = [1, 2, 6, 8, 15, 18, 28, 32]
    assert core.grouped_conv2d(x, w, np.zeros(8), 4).ravel().tolist() == expected


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize(
    ("stride", "padding", "extra"), [(1, 0, 0), (1, 2, 0), (2, 1, 1), (3, 1, 2), (4, 0, 3)]
)
def test_transposed_conv2d_is_torchs(rng, stride, padding, extra, dtype, rtol):
    for shapes in (((2, 3, 4, 5), (3, 2, 3, 4), (2,)), ((1, 16, 12, 14), (16, 16, 3, 3), (16,))):
        x, w, b = (rng.normal(size=shape).astype(dtype) for shape in shapes)
        options = {"stride": stride, "padding": padding, "output_padding": extra}
        expected = F.conv_transpose2d(*map(tensor, (x, w, b)), **options)
        close(expected, core.transposed_conv2d(x, w, b, stride, padding, extra), rtol)


def test_transposed_conv2d_worked_numbers_and_the_dot_product_test(rng):
    x, w = np.array([1.0, 10]).reshape(1, 1, 2, 1), np.array([1.0, 2, 3]).reshape(1, 1, 3, 1)
    whole = core.transposed_conv2d(x, w, np.zeros(1), 2)
    assert whole.ravel().tolist() == [1, 2, 13, 20, 30]
    x, w = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(3, 2, 3, 4))
    y = core.transposed_conv2d(x, w, np.zeros(2), 2, 1, 1)
    image = rng.normal(size=y.shape)
    back = core.conv2d_forward(image, w, np.zeros(3), 2, 1)
    assert np.sum(y * image) == pytest.approx(np.sum(x * back), rel=1e-12)


def test_a_tower_of_layers_is_told_by_its_rows(rng):
    """The faults of the table, made by PyTorch."""
    x, w, b = (rng.normal(size=shape) for shape in ((2, 3, 5, 6), (4, 3, 3, 3), (4,)))
    t, k, c = map(tensor, (x, w, b))
    made = {
        "right": F.conv2d(t, k, c, padding=1),
        "flipped": F.conv2d(t, k.flip(2, 3), c, padding=1),
        "transposed": F.conv2d(t, k.transpose(2, 3), c, padding=1),
        "first channel": F.conv2d(t[:, :1], k[:, :1], c, padding=1),
        "no bias": F.conv2d(t, k, padding=1),
        "bias per channel": F.conv2d(t, k, 3 * c, padding=1),
        "repeated border": F.conv2d(F.pad(t, [1] * 4, mode="replicate"), k, c),
        "one-sided": F.conv2d(F.pad(t, [2, 0, 2, 0]), k, c),
        "unknown": F.conv2d(F.pad(t, [1] * 4, mode="reflect"), k, c),
    }
    for name, found in made.items():
        assert core.diagnose_conv2d(x, w, b, 1, found.numpy()) == name
    near = made["flipped"].numpy() + 5e-5 * float(made["flipped"].abs().max())
    assert core.diagnose_conv2d(x, w, b, 1, near) == "flipped"


def test_large_work_in_threads_is_torchs_too(rng):
    arrays = layer(rng, n=3, c=5, h=30, w=31, maps=8)
    x, w, b = (tensor(array).requires_grad_() for array in arrays)
    y = F.conv2d(x, w, b, padding=1)
    close(y.detach(), core.conv2d_forward(*arrays, padding=1))
    dy = rng.normal(size=tuple(y.shape))
    y.backward(tensor(dy))
    for expected, actual in zip(
        (x.grad, w.grad, b.grad), core.conv2d_backward(dy, *arrays[:2], padding=1), strict=True
    ):
        close(expected, actual)
    x = rng.normal(size=(4, 16, 32, 33))
    close(F.max_pool2d(tensor(x), 3, 2, 1), core.max_pool_forward(x, 3, 2, 1))
    expected = F.local_response_norm(tensor(x), 5, alpha=5 * 0.3, beta=0.6, k=1.5)
    close(expected, core.local_response_norm(x, 5, 0.3, 0.6, 1.5))


def test_conv2d_agrees_with_scipy(rng):
    signal = pytest.importorskip("scipy.signal")
    x, w, _ = layer(rng, n=1, c=1, maps=1)
    expected = signal.correlate2d(x[0, 0], w[0, 0], mode="valid")
    close(expected, core.conv2d_forward(x, w, np.zeros(1))[0, 0])


def test_the_picture_everybody_has_seen():
    """UFLDL tutorial, "Feature extraction using convolution"."""
    rows = ["11100", "01110", "00111", "00110", "01100"]
    x = np.array([[int(pixel) for pixel in row] for row in rows], float)
    w = np.array([[1.0, 0, 1], [0, 1, 0], [1, 0, 1]])
    y = core.conv2d_forward(x[None, None], w[None, None], np.zeros(1))[0, 0]
    assert y.tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]


def test_conv2d_backward_worked_number():
    x, w, dy = (
        np.array([[[[1.0, 2, 3, 4]]]]),
        np.array([[[[5.0, 6]]]]),
        np.array([[[[1.0, 10, 100]]]]),
    )
    dx, dw, db = core.conv2d_backward(dy, x, w)
    assert dx.ravel().tolist() == [5, 56, 560, 600]
    assert dw.ravel().tolist() == [321, 432]
    assert db.tolist() == [111]


def test_conv2d_backward_by_finite_differences(rng):
    x, w, b = layer(rng, n=1, c=2, h=4, w=5, maps=2, kh=2)
    geometry = {"stride": 2, "padding": 1}
    dy = rng.normal(size=core.conv2d_forward(x, w, b, **geometry).shape)
    got = core.conv2d_backward(dy, x, w, **geometry)
    for array, slope in zip((x, w, b), got, strict=True):
        for index in np.ndindex(array.shape):
            kept, step = array[index], 1e-5
            sides = []
            for moved in (kept + step, kept - step):
                array[index] = moved
                sides.append(np.sum(dy * core.conv2d_forward(x, w, b, **geometry)))
            array[index] = kept
            assert slope[index] == pytest.approx((sides[0] - sides[1]) / (2 * step), abs=1e-8)


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_im2col_and_col2im_are_torchs_unfold_and_fold(rng, stride, padding, dtype, rtol):
    x = rng.normal(size=(2, 3, 7, 6)).astype(dtype)
    expected = F.unfold(tensor(x), (3, 2), stride=stride, padding=padding)
    columns = core.im2col(x, (3, 2), stride, padding)
    close(expected, columns, 0.0)
    columns = rng.normal(size=columns.shape).astype(dtype)
    expected = F.fold(tensor(columns), (7, 6), (3, 2), stride=stride, padding=padding)
    close(expected, core.col2im(columns, x.shape, (3, 2), stride, padding), rtol)


# --- pooling -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize(("size", "stride", "padding"), POOLS)
def test_pooling_and_its_gradients_are_torchs(rng, size, stride, padding, dtype, rtol):
    images = rng.normal(size=(2, 3, 8, 7)).astype(dtype) - 3
    for forward, backward, pool, options in (
        (core.max_pool_forward, core.max_pool_backward, F.max_pool2d, {}),
        (
            core.avg_pool_forward,
            core.avg_pool_backward,
            F.avg_pool2d,
            {"count_include_pad": False},
        ),
    ):
        x = tensor(images).requires_grad_()
        y = pool(x, size, stride, padding, **options)
        close(y.detach(), forward(images, size, stride, padding), rtol)
        dy = rng.normal(size=tuple(y.shape)).astype(dtype)
        y.backward(tensor(dy))
        close(x.grad, backward(dy, images, size, stride, padding), rtol)
        kind = "max" if pool is F.max_pool2d else "average"
        close(y.detach(), core.pool_forward(images, size, stride, padding, kind), rtol)
        close(x.grad, core.pool_backward(dy, images, size, stride, padding, kind), rtol)


@pytest.mark.parametrize(("size", "stride", "padding"), POOLS)
def test_a_tie_goes_where_torch_sends_it(rng, size, stride, padding):
    images = rng.integers(0, 2, (2, 2, 8, 7)).astype(float)
    x = tensor(images).requires_grad_()
    y = F.max_pool2d(x, size, stride, padding)
    dy = rng.normal(size=tuple(y.shape))
    y.backward(tensor(dy))
    close(x.grad, core.max_pool_backward(dy, images, size, stride, padding))
    _, where = F.max_pool2d(x, size, stride, padding, return_indices=True)
    assert np.array_equal(core.max_pool_with_indices(images, size, stride, padding)[1], where)


def test_pooling_facts():
    x = np.array([[1.0, 3, 2, 1], [4, 2, 0, 5], [8, 0, 7, 6], [1, 1, 2, 3]])[None, None]
    assert core.max_pool_forward(x, 2)[0, 0].tolist() == [[4, 5], [8, 7]]
    assert core.max_pool_forward(x, 2).size == x.size / 4
    window = np.array([-2.0, 4.0, -2.0, 4.0]).reshape(1, 1, 2, 2)
    relu = lambda x: np.maximum(x, 0)
    assert core.equivariance_gap(relu, lambda x: core.max_pool_forward(x, 2), window) == 0
    assert core.equivariance_gap(relu, lambda x: core.avg_pool_forward(x, 2), window) == 1
    fives = np.full((1, 1, 4, 4), 5.0)
    assert np.all(core.avg_pool_forward(fives, 3, 1, 1) == 5)


def test_global_avg_pool_and_flatten_are_torchs(rng):
    x = rng.normal(size=(2, 3, 5, 4))
    close(F.adaptive_avg_pool2d(tensor(x), 1)[:, :, 0, 0], core.global_avg_pool(x))
    close(torch.flatten(tensor(x), 1), core.flatten(x), 0.0)


# --- moving, resizing, normalising -------------------------------------------------------------


@pytest.mark.parametrize(("down", "right"), [(0, 0), (2, -1), (-3, 4), (5, 1), (-6, 0), (1, 9)])
def test_translate_is_scipys_shift(rng, down, right):
    ndimage = pytest.importorskip("scipy.ndimage")
    x = rng.normal(size=(2, 1, 5, 4))
    close(ndimage.shift(x, (0, 0, down, right), order=0), core.translate(x, down, right), 0.0)


def test_convolution_is_equivariant_to_translation_and_not_to_mirroring(rng):
    x, w, b = layer(rng)
    x[:, :, :3], x[:, :, -3:], x[:, :, :, :3], x[:, :, :, -3:] = 0, 0, 0, 0

    def conv(x):
        return core.conv2d_forward(x, w, 0 * b, padding=1)

    assert core.equivariance_gap(conv, lambda x: core.translate(x, 1, -1), x) < 1e-12
    assert core.equivariance_gap(conv, lambda x: x[..., ::-1, :], x) > 0.1


def test_upsample_nearest_is_torchs(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    expected = F.interpolate(tensor(x), scale_factor=3, mode="nearest")
    close(expected, core.upsample_nearest(x, 3), 0.0)


@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_segmentation_head_is_torchs(rng, scale):
    x, w, b = rng.normal(size=(2, 3, 4, 5)), scale * rng.normal(size=(6, 3)), rng.normal(size=6)
    scores = F.conv2d(tensor(x), tensor(w)[:, :, None, None], tensor(b))
    expected = F.interpolate(scores, scale_factor=2, mode="nearest").softmax(dim=1)
    close(expected, core.segmentation_head(x, w, b, 2), 1e-11)


@pytest.mark.parametrize("r", [1, 3, 5, 9])
def test_local_response_norm_is_torchs_with_alpha_times_the_window(rng, r):
    x = 3 * rng.normal(size=(2, 6, 3, 4))
    expected = F.local_response_norm(tensor(x), r, alpha=0.5 * r, beta=0.7, k=1.5)
    close(expected, core.local_response_norm(x, r, 0.5, 0.7, 1.5))


def test_local_response_norm_worked_number_and_papers_constants(rng):
    x = np.array([3.0, 4.0, 0.0]).reshape(1, 3, 1, 1)
    y = core.local_response_norm(x, r=3, alpha=1.0, beta=0.5, k=0.0).ravel()
    np.testing.assert_allclose(y, [0.6, 0.8, 0.0])
    x = 100 * rng.normal(size=(1, 7, 2, 2))
    expected = F.local_response_norm(tensor(x), 5, alpha=5e-4, beta=0.75, k=2.0)
    close(expected, core.local_response_norm(x))
