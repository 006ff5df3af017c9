"""The reference of architectures against PyTorch's layers and against published counts.

A net is built of PyTorch's own layers on the device "meta", which computes shapes and no numbers.
"""

import numba
import numpy as np
import pytest

from reference import architectures as ref

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])

ALEXNET = [
    ("conv", 96, 11, 4, 0),
    ("pool", 3, 2, 0),
    ("conv", 256, 5, 1, 2),
    ("pool", 3, 2, 0),
    ("conv", 384, 3, 1, 1),
    ("conv", 384, 3, 1, 1),
    ("conv", 256, 3, 1, 1),
    ("pool", 3, 2, 0),
    ("dense", 4096),
    ("dense", 4096),
    ("dense", 1000),
]
GOOGLENET = [
    (64, 96, 128, 16, 32, 32),
    (128, 128, 192, 32, 96, 64),
    "pool",
    (192, 96, 208, 16, 48, 64),
    (160, 112, 224, 24, 64, 64),
    (128, 128, 256, 24, 64, 64),
    (112, 144, 288, 32, 64, 64),
    (256, 160, 320, 32, 128, 128),
    "pool",
    (256, 160, 320, 32, 128, 128),
    (384, 192, 384, 48, 128, 128),
]


def vgg(*repeats):
    layers = []
    for maps, several in zip((64, 128, 256, 512, 512), repeats, strict=True):
        layers += [("conv", maps, 3, 1, 1)] * several + [("pool", 2, 2, 0)]
    return [*layers, ("dense", 4096), ("dense", 4096), ("dense", 1000)]


def drawn(seed, *shape, dtype=np.float64):
    return np.random.default_rng(seed).normal(0.1, 0.9, shape).astype(dtype)


def close(found, expected, dtype=np.float64):
    near = {"rtol": 3e-4, "atol": 3e-4} if dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-10}
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, **near)


def torch_of(*arrays):
    torch = pytest.importorskip("torch")
    return torch, [torch.tensor(a, requires_grad=True) for a in arrays]


# --- shapes and counts


def by_pytorch(layers, shape):
    """Build each layer of PyTorch's own; return the shapes it gives, and its parameters."""
    torch = pytest.importorskip("torch")
    x, shapes, counts = torch.empty(1, *shape, device="meta"), [], []
    for kind, *numbers in layers:
        if kind == "conv":
            maps, *window = numbers
            layer = torch.nn.Conv2d(x.shape[1], maps, *window, device="meta")
        elif kind == "pool":
            layer = torch.nn.MaxPool2d(*numbers)
        else:
            x = x.flatten(1)
            layer = torch.nn.Linear(x.shape[1], numbers[0], device="meta")
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
        counts.append(sum(p.numel() for p in layer.parameters()))
    return shapes, counts


@pytest.mark.parametrize(
    ("layers", "shape", "parameters"),
    [
        (ALEXNET, (3, 227, 227), 62_378_344),
        ([("conv", 96, 11, 4, 2), *ALEXNET[1:]], (3, 224, 224), 62_378_344),
        (vgg(2, 2, 3, 3, 3), (3, 224, 224), 138_357_544),  # torchvision's vgg16
        (vgg(1, 1, 2, 2, 2), (3, 224, 224), 132_863_336),  # and its vgg11
        (vgg(2, 2, 4, 4, 4), (3, 224, 224), 143_667_240),  # and its vgg19
    ],
)
def test_nets_have_pytorchs_shapes_and_the_published_counts(layers, shape, parameters):
    shapes, counts = ref.trace_layers(layers, shape)
    assert (shapes, counts) == by_pytorch(layers, shape)
    assert sum(counts) == parameters


def test_any_layers_have_pytorchs_shapes():
    rng = np.random.default_rng(0)
    for _ in range(20):
        layers = []
        for _ in range(3):
            kernel = int(rng.integers(1, 5))
            window = kernel, int(rng.integers(1, 4)), int(rng.integers(0, kernel // 2 + 1))
            maps = int(rng.integers(1, 6))
            layers.append(("conv", maps, *window) if rng.random() < 0.5 else ("pool", *window))
        layers += [("dense", 5), ("dense", 2)]
        shape = tuple(int(n) for n in rng.integers((1, 40, 40), (5, 60, 60)))
        assert ref.trace_layers(layers, shape) == by_pytorch(layers, shape)


def test_fields_are_what_a_gradient_reaches():
    torch = pytest.importorskip("torch")
    layers = [(3, 2), (4, 1), (1, 2), (2, 3), (3, 1)]
    fields, jumps = ref.receptive_field(layers)
    for count in range(1, len(layers) + 1):
        x = torch.zeros(1, 1, 300, dtype=torch.float64, requires_grad=True)
        y = x
        for kernel, stride in layers[:count]:
            y = torch.nn.functional.conv1d(y, torch.ones(1, 1, kernel, dtype=y.dtype), None, stride)
        reached = [
            torch.autograd.grad(y[0, 0, place], x, retain_graph=True)[0][0, 0].nonzero().ravel()
            for place in (2, 3)
        ]
        assert len(reached[0]) == fields[count - 1]
        assert int(reached[1][0] - reached[0][0]) == jumps[count - 1]


def test_fields_of_published_nets():
    """Of AlexNet's and VGG-16's last pool: as in Araujo, Norris and Sim 2019."""
    for layers, field in ((ALEXNET[:8], 195), (vgg(2, 2, 3, 3, 3)[:18], 212)):
        windows = [(layer[-3], layer[-2]) for layer in layers]
        assert ref.receptive_field(windows)[0][-1] == field


def test_lenet_has_the_papers_counts():
    """LeCun et al. 1998, section II.B: C1, S2, C3, S4, C5, F6; 60,000 together."""
    neighbours = [[k, (k + 1) % 6, (k + 2) % 6] for k in range(6)]
    fours = [[k, (k + 1) % 6, (k + 2) % 6, (k + 3) % 6] for k in range(6)]
    apart = [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5]]
    table = np.zeros((6, 16), bool)
    for f, reads in enumerate([*neighbours, *fours, *apart, list(range(6))]):
        table[reads, f] = True
    counts = ref.lenet5_parameters(table)
    assert counts == [156, 12, 1516, 32, 48120, 10164, 0]
    assert sum(counts) == 60_000
    assert ref.lenet5_parameters(np.ones((6, 16), bool))[2] == 2416


def test_counts_are_explained_by_what_pytorch_counts_so():
    torch = pytest.importorskip("torch")
    layers, shape = ALEXNET[:4], (3, 227, 227)

    def count(maps, channels, kernel, **how):
        layer = torch.nn.Conv2d(channels, maps, kernel, device="meta", **how)
        return sum(p.numel() for p in layer.parameters())

    told = [count(96, 3, 11, bias=False), 2 * 96, count(256, 96, 5, groups=2), 0]
    words = ["no biases", "trained", "two groups", "right"]
    assert ref.explain_counts(layers, shape, told) == words
    told = [count(96, 1, 11), 1, count(256, 96, 5, bias=False) + 256 * 27 * 27, 0]
    words = ["one channel", "unknown", "bias per pixel", "right"]
    assert ref.explain_counts(layers, shape, told) == words


@pytest.mark.parametrize("kind", ["full", "reduced", "bottleneck", "separable", "grouped"])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_blocks_have_the_weights_of_pytorchs_layers(kind, stride):
    torch = pytest.importorskip("torch")
    C, F, R, K = 12, 18, 3, 5
    large = {"kernel_size": K, "stride": stride, "padding": K // 2}
    sizes = {
        "full": [(C, F, large)],
        "reduced": [(C, R, {"kernel_size": 1}), (R, F, large)],
        "bottleneck": [(C, R, {"kernel_size": 1}), (R, R, large), (R, F, {"kernel_size": 1})],
        "separable": [(C, C, large | {"groups": C}), (C, F, {"kernel_size": 1})],
        "grouped": [(C, F, large | {"groups": R})],
    }
    x, weights, products = torch.empty(1, C, 13, 10, device="meta"), 0, 0
    for below, maps, how in sizes[kind]:
        layer = torch.nn.Conv2d(below, maps, bias=False, device="meta", **how)
        x = layer(x)
        weights += layer.weight.numel()
        products += layer.weight.numel() * x.shape[2] * x.shape[3]
    assert ref.block_cost(kind, (C, 13, 10), F, K, stride, R) == (weights, products)


def test_googlenet_has_the_published_count():
    """Without auxiliary heads, as Caffe's copy of the net has it."""
    shapes, parameters = ref.googlenet_shapes(GOOGLENET)
    assert parameters == 6_998_552
    assert shapes[-3:] == [(1024, 7, 7), (1024,), (1000,)]


@pytest.mark.parametrize(
    ("blocks", "bottleneck", "depth", "parameters"),
    [
        ([2, 2, 2, 2], False, 18, 11_689_512),
        ([3, 4, 6, 3], False, 34, 21_797_672),
        ([3, 4, 6, 3], True, 50, 25_557_032),
        ([3, 4, 23, 3], True, 101, 44_549_160),
        ([3, 8, 36, 3], True, 152, 60_192_808),
    ],
)
def test_residual_nets_have_the_published_counts(blocks, bottleneck, depth, parameters):
    """Torchvision's `num_params` of resnet18 to resnet152."""
    shapes, found, layers = ref.resnet_shapes(blocks, bottleneck)
    assert (found, layers) == (parameters, depth)
    assert shapes[1] == (64, 56, 56)
    assert shapes[-3][1:] == (7, 7)


# --- blocks


def in_both(cases, *marks):
    """Return each case in float32 and, with these marks, in float64."""
    return [
        pytest.param(case, dtype, marks=marks if dtype == np.float64 else ())
        for case in cases
        for dtype in (np.float32, np.float64)
    ]


def block(dtype, c=5, a=3, p=4, b=6, q=2, d=3, e=2):
    sizes = (a, c, 1), (p, c, 1), (b, p, 3), (q, c, 1), (d, q, 5), (e, c, 1)
    return [
        drawn(10 + k, f, g, w, w, dtype=dtype) / dtype(w * g**0.5)
        for k, (f, g, w) in enumerate(sizes)
    ]


@pytest.mark.parametrize(
    ("shape", "dtype"),
    in_both([(2, 5, 7, 6), (1, 5, 1, 1)]) + in_both([(9, 5, 33, 30)], pytest.mark.slow),
)
def test_inception_is_pytorchs_forward_and_backward(shape, dtype):
    arrays = [drawn(1, *shape, dtype=dtype), *block(dtype)]
    dy = drawn(2, shape[0], 14, *shape[2:], dtype=dtype)
    torch, leaves = torch_of(*arrays)
    x, one, reduce3, three, reduce5, five, project = leaves
    conv, relu = torch.nn.functional.conv2d, torch.relu
    y = torch.cat(
        [
            relu(conv(x, one)),
            relu(conv(relu(conv(x, reduce3)), three, padding=1)),
            relu(conv(relu(conv(x, reduce5)), five, padding=2)),
            relu(conv(torch.nn.functional.max_pool2d(x, 3, 1, 1), project)),
        ],
        1,
    )
    y.backward(y.new_tensor(dy))
    close(ref.inception_forward(*arrays), y.detach().numpy(), dtype)
    for found, leaf in zip(ref.inception_backward(dy, *arrays), leaves, strict=True):
        close(found, leaf.grad.numpy(), dtype)


SMALL_BLOCKS = [
    ((2, 4, 6, 5), 4, 1, False),
    ((2, 4, 6, 5), 3, 1, True),
    ((3, 3, 7, 6), 5, 2, True),
    ((1, 2, 8, 5), 2, 3, True),
]
LARGE_BLOCKS = [((4, 16, 24, 20), 16, 1, False), ((4, 8, 25, 20), 16, 2, True)]


@pytest.mark.parametrize(
    ("block", "dtype"), in_both(SMALL_BLOCKS) + in_both(LARGE_BLOCKS, pytest.mark.slow)
)
def test_residual_blocks_are_pytorchs_forward_and_backward(block, dtype):
    shape, maps, stride, projected = block
    C = shape[1]
    arrays = [
        drawn(1, *shape, dtype=dtype),
        drawn(2, maps, C, 3, 3, dtype=dtype) / dtype(3 * C**0.5),
        drawn(3, maps, maps, 3, 3, dtype=dtype) / dtype(3 * maps**0.5),
    ]
    if projected:
        arrays.append(drawn(4, maps, C, 1, 1, dtype=dtype))
    torch, leaves = torch_of(*arrays)
    conv, x = torch.nn.functional.conv2d, leaves[0]
    branch = conv(torch.relu(conv(x, leaves[1], None, stride, 1)), leaves[2], None, 1, 1)
    y = torch.relu(branch + (conv(x, leaves[3], None, stride) if projected else x))
    dy = drawn(5, *y.shape, dtype=dtype)
    y.backward(y.new_tensor(dy))
    given = arrays if projected else [*arrays, None]
    close(ref.residual_forward(*given, stride), y.detach().numpy(), dtype)
    found = ref.residual_backward(dy, *given, stride)
    assert (found[3] is None) is not projected
    for gradient, leaf in zip(found, leaves, strict=False):
        close(gradient, leaf.grad.numpy(), dtype)


def test_blocks_have_the_same_bits_on_one_thread_and_on_two():
    shapes = (6, 16, 28, 28), (16, 16, 3, 3), (16, 16, 3, 3), (16, 16, 1, 1), (6, 16, 14, 14)
    x, w1, w2, projection, dy = (
        drawn(k, *shape, dtype=np.float32) for k, shape in enumerate(shapes, 1)
    )
    before, found = numba.get_num_threads(), []
    try:
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(threads)
            found.append(
                [
                    ref.residual_forward(x, w1, w2),
                    *ref.residual_backward(dy, x, w1, w2, projection, 2),
                ]
            )
    finally:
        numba.set_num_threads(before)
    for one, two in zip(*found, strict=True):
        assert np.array_equal(one, two)


def test_shortcuts_that_do_not_fit_are_refused():
    x, w = drawn(1, 2, 3, 4, 4), drawn(2, 3, 3, 3, 3)
    with pytest.raises(ValueError, match="projection is not None"):
        ref.residual_forward(x, w, w, None, 2)
    with pytest.raises(ValueError, match=r"expected projection of shape \(F, C, 1, 1\)"):
        ref.residual_forward(x, w, w, drawn(3, 3, 2, 1, 1), 2)
    with pytest.raises(ValueError, match="expected dy of shape"):
        ref.residual_backward(drawn(4, 2, 3, 4, 4), x, w, w, drawn(3, 3, 3, 1, 1), 2)


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ([("conv", 2, 9, 1, 0)], "expected a window of at most 8 pixels, got 9"),
        ([("conv", 2, 3, 1)], r"expected \('conv', maps, kernel, stride, padding\)"),
        ([("pool", 2, 0, 0)], r"expected \('pool', kernel, stride, padding\)"),
        ([("dense", 2.5)], r"expected \('dense', units\)"),
        ([("norm", 2)], "expected a layer as 'conv', 'pool' or 'dense', got 'norm'"),
        ([("dense", 2), ("pool", 2, 2, 0)], "expected only dense layers behind a dense one"),
    ],
)
def test_layers_that_make_no_net_are_refused(layers, told):
    with pytest.raises(ValueError, match=told):
        ref.trace_layers(layers, (1, 8, 8))


def test_reports_and_modules_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="expected 1 counts, one for each layer, got 2"):
        ref.explain_counts([("dense", 2)], (1, 2, 2), [3, 4])
    with pytest.raises(ValueError, match="expected a module as six numbers or 'pool', got 'conv'"):
        ref.googlenet_shapes(["conv"])
    with pytest.raises(ValueError, match="expected a module with whole numbers"):
        ref.googlenet_shapes([(1, 2, 3)])
    with pytest.raises(ValueError, match="expected groups that divide 4 and 6, got 3"):
        ref.block_cost("grouped", (4, 2, 2), 6, 3, 1, 3)


# --- gates and patches


@DTYPES
@pytest.mark.parametrize("shape", [(3, 6, 5, 4), (1, 2, 1, 3), (16, 32, 14, 14)])
def test_squeeze_and_excite_is_pytorchs(shape, dtype):
    C, R = shape[1], 4
    x = drawn(1, *shape, dtype=dtype)
    w1, b1 = drawn(2, R, C, dtype=dtype), drawn(3, R, dtype=dtype)
    w2, b2 = drawn(4, C, R, dtype=dtype), drawn(5, C, dtype=dtype)
    torch, leaves = torch_of(x, w1, b1, w2, b2)
    linear = torch.nn.functional.linear
    gates = linear(leaves[0].mean((2, 3)), leaves[1], leaves[2]).relu()
    gates = linear(gates, leaves[3], leaves[4]).sigmoid()
    y, found = ref.squeeze_excite(x, w1, b1, w2, b2)
    close(found, gates.detach().numpy(), dtype)
    close(y, (leaves[0] * gates[:, :, None, None]).detach().numpy(), dtype)


def test_gates_far_out_are_open_or_closed():
    x = drawn(1, 1, 2, 2, 2)
    nothing = np.zeros((2, 2))
    _, gates = ref.squeeze_excite(x, nothing, np.zeros(2), nothing, np.array([1000.0, -1000.0]))
    assert gates.tolist() == [[1.0, 0.0]]


@DTYPES
@pytest.mark.parametrize(("shape", "size"), [((2, 3, 8, 12), 4), ((1, 2, 7, 9), 3)])
def test_patches_are_pytorchs_unfolded_windows(shape, size, dtype):
    torch, (x,) = torch_of(drawn(1, *shape, dtype=dtype))
    windows = torch.nn.functional.unfold(x, size, stride=size).transpose(1, 2)
    found = ref.patchify(x.detach().numpy(), size)
    assert found.dtype == dtype
    assert np.array_equal(found, windows.detach().numpy())


def test_patches_times_a_matrix_are_a_convolution():
    torch, (x, w) = torch_of(drawn(1, 2, 3, 8, 8), drawn(2, 5, 3, 4, 4))
    maps = torch.nn.functional.conv2d(x, w, stride=4).flatten(2).transpose(1, 2)
    patches = ref.patchify(x.detach().numpy(), 4)
    close(patches @ w.detach().numpy().reshape(5, -1).T, maps.detach().numpy())


def test_shortcuts_have_the_names_of_pytorchs_sums():
    torch, (x, f) = torch_of(drawn(1, 2, 3, 4, 4), drawn(2, 2, 3, 4, 4))
    for name, y in {
        "plain": f.relu(),
        "original": (x + f).relu(),
        "late": x + f.relu(),
        "pre-activation": x + f,
        "dense": torch.cat([x, f], 1),
        "unknown": x * f,
    }.items():
        assert ref.name_shortcut(*(t.detach().numpy() for t in (x, f, y))) == name
