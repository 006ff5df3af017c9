"""The spatial transformer core against PyTorch, SciPy, NumPy and hand-worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

import reference.spatial_transformer as core

torch = pytest.importorskip("torch")
F = torch.nn.functional
pytestmark = pytest.mark.filterwarnings("ignore:Since version 1.3.0, affine_grid")

DTYPES = [(np.float64, 1e-12), (np.float32, 2e-6)]
SHAPES = [(4, 5), (1, 3), (6, 1), (1, 1), (2, 2)]


@pytest.fixture
def rng():
    return np.random.default_rng(17)


def tensor(array):
    return torch.from_numpy(np.array(array))


def close(expected, actual, rtol=1e-12):
    expected = np.asarray(expected)
    assert expected.shape == actual.shape
    assert expected.dtype == actual.dtype
    scale = np.max(np.abs(expected), initial=0.0)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=rtol * max(scale, 1e-300))


# --- grids -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_affine_grid_and_its_gradient_are_torchs(rng, shape, dtype, rtol):
    theta = rng.normal(size=(3, 2, 3)).astype(dtype)
    t = tensor(theta).requires_grad_()
    grid = F.affine_grid(t, (3, 1, *shape), align_corners=True)
    close(grid.detach(), core.affine_grid(theta, shape), rtol)
    dgrid = rng.normal(size=tuple(grid.shape)).astype(dtype)
    grid.backward(tensor(dgrid))
    close(t.grad, core.affine_grid_backward(dgrid), rtol)


def test_affine_grid_worked_number():
    theta = np.array([[[0.5, 0.0, 0.2], [0.0, 0.5, 0.0]]])
    np.testing.assert_allclose(core.affine_grid(theta, (2, 3))[0, 0, 2], [0.7, -0.5])


@pytest.mark.parametrize("shape", SHAPES)
def test_projective_grid_is_the_homogeneous_product(rng, shape):
    """PyTorch has no projective grid: its affine grid of the rows, divided, is the oracle."""
    matrix = rng.normal(size=(2, 3, 3))
    matrix[:, 2] = rng.uniform(-0.2, 0.2, (2, 3)) + [0, 0, 1]
    size = (2, 1, *shape)
    above = F.affine_grid(tensor(matrix[:, :2]), size, align_corners=True)
    below = F.affine_grid(tensor(matrix[:, 1:]), size, align_corners=True)[..., 1:]
    close(above / below, core.projective_grid(matrix, shape))


def test_a_homography_through_four_points():
    """Hartley & Zisserman 2004, section 2.3: four points in general position fix it."""
    corners = np.array([[-1.0, -1], [1, -1], [-1, 1], [1, 1]])
    targets = np.array([[-0.4, -1], [0.5, -0.9], [-1, 1], [1.2, 0.8]])
    rows = []
    for (x, y), (u, v) in zip(corners, targets, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, -u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, -v])
    matrix = np.linalg.svd(np.array(rows))[2][-1].reshape(1, 3, 3)
    grid = core.projective_grid(matrix / matrix[0, 2, 2], (2, 2))
    np.testing.assert_allclose(grid.reshape(4, 2), targets, atol=1e-12)


# --- maps --------------------------------------------------------------------------------------


def homogeneous(theta):
    return np.vstack([theta, [0, 0, 1]])


def test_each_theta_is_the_inverse_of_what_the_picture_does(rng):
    tx, ty, angle, kx, ky = rng.uniform(-0.7, 0.7, (5, 3))
    sx, sy = rng.uniform(0.4, 2.0, (2, 3))
    for n in range(3):
        cos, sin = np.cos(angle[n]), np.sin(angle[n])
        pictures = {
            "translation": [[1, 0, tx[n]], [0, 1, ty[n]], [0, 0, 1]],
            "rotation": [[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]],
            "scale": np.diag([sx[n], sy[n], 1]),
            "shear": [[1, kx[n], 0], [ky[n], 1, 0], [0, 0, 1]],
        }
        thetas = {
            "translation": core.content_theta("translate", np.stack([tx, ty], axis=1)),
            "rotation": core.content_theta("rotate", angle[:, None]),
            "scale": core.content_theta("scale", np.stack([sx, sy], axis=1)),
            "shear": core.content_theta("shear", np.stack([kx, ky], axis=1)),
        }
        for name, moved in pictures.items():
            np.testing.assert_allclose(
                homogeneous(thetas[name][n]), np.linalg.inv(moved), atol=1e-14, err_msg=name
            )


def test_a_quarter_turn_is_numpys_clockwise_one(rng):
    image = rng.normal(size=(1, 2, 5, 5))
    theta = core.content_theta("rotate", np.array([[np.pi / 2]]))
    turned = core.bilinear_sample(image, core.affine_grid(theta, (5, 5)))
    np.testing.assert_allclose(turned, np.rot90(image, -1, axes=(2, 3)), atol=1e-14)


def test_one_pixel_to_the_right_is_scipys_shift(rng):
    ndimage = pytest.importorskip("scipy.ndimage")
    image = rng.normal(size=(1, 1, 4, 5))
    theta = core.content_theta("translate", np.array([[0.5, -2 / 3]]))
    moved = core.bilinear_sample(image, core.affine_grid(theta, (4, 5)))
    expected = ndimage.shift(image, (0, 0, -1, 1), order=0)
    np.testing.assert_allclose(moved, expected, atol=1e-14)


def test_mirroring_and_enlarging(rng):
    image = rng.normal(size=(1, 1, 4, 5))
    mirror = core.content_theta("scale", np.array([[-1.0, 1.0]]))
    seen = core.bilinear_sample(image, core.affine_grid(mirror, (4, 5)))
    np.testing.assert_allclose(seen, image[..., ::-1], atol=1e-14)
    double = core.content_theta("scale", np.array([[2.0, 2.0]]))
    assert core.affine_grid(double, (2, 2))[0, 1, 1].tolist() == [0.5, 0.5]


def test_crop_is_numpys_slice(rng):
    image = rng.normal(size=(1, 1, 5, 9))
    edges = [np.array([edge]) for edge in (-0.5, -1.0, 0.75, 0.0)]
    theta = core.crop_theta(*edges)
    seen = core.bilinear_sample(image, core.affine_grid(theta, (3, 6)))
    np.testing.assert_allclose(seen, image[:, :, 0:3, 2:8], atol=1e-14)
    quarter = core.crop_theta(*(np.array([edge]) for edge in (0.0, -1.0, 1.0, 0.0)))
    assert quarter.tolist() == [[[0.5, 0, 0.5], [0, 0.5, -0.5]]]


def test_compose_is_the_product_of_homogeneous_matrices(rng):
    first, second = rng.normal(size=(2, 3, 2, 3))
    both = core.compose(first, second)
    for n in range(3):
        expected = homogeneous(first[n]) @ homogeneous(second[n])
        np.testing.assert_allclose(both[n], expected[:2], atol=1e-14)
    grow = core.content_theta("scale", np.array([[2.0, 2.0]]))
    shift = core.content_theta("translate", np.array([[0.5, 0.0]]))
    assert core.compose(grow, shift)[0, 0].tolist() == [0.5, 0, -0.25]
    assert core.compose(shift, grow)[0, 0].tolist() == [0.5, 0, -0.5]


def test_compose_does_to_pictures_what_it_says(rng):
    """Whole-pixel moves of a picture, one after the other and at once."""
    image = np.zeros((1, 1, 9, 9))
    image[..., 3:6, 2:5] = rng.normal(size=(3, 3))
    first = core.content_theta("rotate", np.array([[np.pi / 2]]))
    second = core.content_theta("translate", np.array([[0.5, 0.25]]))
    once = core.bilinear_sample(image, core.affine_grid(first, (9, 9)))
    twice = core.bilinear_sample(once, core.affine_grid(second, (9, 9)))
    both = core.affine_grid(core.compose(first, second), (9, 9))
    np.testing.assert_allclose(core.bilinear_sample(image, both), twice, atol=1e-13)


def test_theta_from_marks_is_scipys_least_squares(rng):
    """Marks that lie exactly give the theta back; others agree with SciPy, row by row."""
    optimize = pytest.importorskip("scipy.optimize")
    target, theta = rng.normal(size=(3, 8, 2)), rng.normal(size=(3, 2, 3))
    known = np.concatenate([target, np.ones((3, 8, 1))], axis=2)
    exact = known @ theta.swapaxes(1, 2)
    np.testing.assert_allclose(core.theta_from_marks(target, exact), theta, atol=1e-12)
    source = exact + 0.1 * rng.normal(size=exact.shape)
    found = core.theta_from_marks(target, source)
    for n in range(3):
        for row in range(2):
            best = optimize.lsq_linear(known[n], source[n, :, row]).x
            np.testing.assert_allclose(found[n, row], best, atol=1e-8)


def test_theta_from_marks_on_paper():
    target = np.array([[[-1.0, -1], [1, -1], [-1, 1], [1, 1]]])
    source = np.array([[[0.0, -1], [1, -1], [0, 0], [1, 0.4]]])
    quarter = core.theta_from_marks(target[:, :3], source[:, :3])
    np.testing.assert_allclose(quarter, [[[0.5, 0, 0.5], [0, 0.5, -0.5]]], atol=1e-15)
    pulled = core.theta_from_marks(target, source)
    np.testing.assert_allclose(pulled, [[[0.5, 0, 0.5], [0.1, 0.6, -0.4]]], atol=1e-15)


# --- samplers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("size", [(5, 7), (1, 4), (3, 1), (1, 1), (2, 2)])
@pytest.mark.parametrize("reach", [0.9, 2.5])
def test_bilinear_sample_and_its_gradients_are_torchs(rng, size, reach, dtype, rtol):
    image = rng.normal(size=(2, 3, *size)).astype(dtype)
    grid = rng.uniform(-reach, reach, (2, 4, 6, 2)).astype(dtype)
    u, g = tensor(image).requires_grad_(), tensor(grid).requires_grad_()
    v = F.grid_sample(u, g, mode="bilinear", padding_mode="zeros", align_corners=True)
    close(v.detach(), core.bilinear_sample(image, grid), 4 * rtol)
    dv = rng.normal(size=tuple(v.shape)).astype(dtype)
    v.backward(tensor(dv))
    dimage, dgrid = core.bilinear_sample_backward(dv, image, grid)
    close(u.grad, dimage, 8 * rtol)
    close(g.grad, dgrid, 8 * rtol)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_reaches_its_neighbours_only(rng, bad):
    """A pixel: the positions within a pixel of it. A gradient: its corners. A position: itself."""
    image, positions = rng.normal(size=(1, 2, 5, 6)), rng.uniform(-1.3, 1.3, (1, 9, 11, 2))
    dv = rng.normal(size=(1, 2, 9, 11))
    p, q = 2.5 * (positions[..., 0] + 1), 2 * (positions[..., 1] + 1)
    spoilt = image.copy()
    spoilt[0, 1, 0, 3] = bad
    near = (np.abs(p - 3) < 1) & (np.abs(q) < 1)
    assert near.any()
    seen = core.bilinear_sample(spoilt, positions)
    assert np.array_equal(np.isfinite(seen), np.stack([np.ones_like(near), ~near], axis=1))
    _, dgrid = core.bilinear_sample_backward(dv, spoilt, positions)
    assert np.array_equal(np.isfinite(dgrid).all(axis=-1), ~near)
    pulled = dv.copy()
    pulled[0, 0, 4, 5] = bad
    dimage, _ = core.bilinear_sample_backward(pulled, image, positions)
    rows, columns = np.indices((5, 6))
    near = (np.abs(rows - q[0, 4, 5]) < 1) & (np.abs(columns - p[0, 4, 5]) < 1)
    assert np.array_equal(np.isfinite(dimage[0]), [~near, np.ones_like(near)])
    positions[0, 1, 2] = np.nan
    seen = core.bilinear_sample(image, positions)
    assert np.argwhere(np.isnan(seen)).tolist() == [[0, 0, 1, 2], [0, 1, 1, 2]]


def test_many_pixels_in_threads_are_torchs_too(rng):
    image, grid = rng.normal(size=(3, 4, 20, 21)), rng.uniform(-1.2, 1.2, (3, 60, 61, 2))
    u, g = tensor(image).requires_grad_(), tensor(grid).requires_grad_()
    v = F.grid_sample(u, g, align_corners=True)
    close(v.detach(), core.bilinear_sample(image, grid))
    dv = rng.normal(size=tuple(v.shape))
    v.backward(tensor(dv))
    dimage, dgrid = core.bilinear_sample_backward(dv, image, grid)
    close(u.grad, dimage)
    close(g.grad, dgrid)


def test_bilinear_sample_on_the_lattice_and_the_border(rng):
    image = rng.normal(size=(2, 3, 4, 5))
    identity = np.tile(np.eye(2, 3), (2, 1, 1))
    close(image, core.bilinear_sample(image, core.affine_grid(identity, (4, 5))))


def test_bilinear_sample_is_scipys_map_coordinates(rng):
    ndimage = pytest.importorskip("scipy.ndimage")
    image, grid = rng.normal(size=(1, 1, 6, 5)), rng.uniform(-0.99, 0.99, (1, 4, 3, 2))
    places = (grid[0, ..., 1] + 1) * 2.5, (grid[0, ..., 0] + 1) * 2
    close(
        ndimage.map_coordinates(image[0, 0], places, order=1),
        core.bilinear_sample(image, grid)[0, 0],
    )


def test_bilinear_worked_numbers():
    image = np.array([[1.0, 2], [3, 4]])[None, None]
    for (x, y), value in (((0, 0), 2.5), ((0.5, -1), 1.75), ((2, -1), 1.0)):
        assert (
            core.bilinear_sample(image, np.array([x, y], float).reshape(1, 1, 1, 2)).item() == value
        )
    dimage, dgrid = core.bilinear_sample_backward(
        np.ones((1, 1, 1, 1)), image, np.zeros((1, 1, 1, 2))
    )
    assert dimage.ravel().tolist() == [0.25] * 4
    assert dgrid.ravel().tolist() == [0.5, 1.0]


def test_bilinear_gradients_by_finite_differences(rng):
    image, grid = rng.normal(size=(1, 2, 3, 4)), rng.uniform(-1.4, 1.4, (1, 2, 3, 2))
    dv = rng.normal(size=(1, 2, 2, 3))
    for array, slope in zip(
        (image, grid), core.bilinear_sample_backward(dv, image, grid), strict=True
    ):
        for index in np.ndindex(array.shape):
            kept, step, sides = array[index], 1e-6, []
            for moved in (kept + step, kept - step):
                array[index] = moved
                sides.append(np.sum(dv * core.bilinear_sample(image, grid)))
            array[index] = kept
            assert slope[index] == pytest.approx((sides[0] - sides[1]) / (2 * step), abs=1e-7)


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
@pytest.mark.parametrize("size", [(5, 7), (1, 4), (3, 1)])
def test_nearest_sample_is_torchs(rng, size, dtype, rtol):
    image = rng.normal(size=(2, 3, *size)).astype(dtype)
    grid = rng.uniform(-1.6, 1.6, (2, 4, 6, 2)).astype(dtype)
    expected = F.grid_sample(tensor(image), tensor(grid), mode="nearest", align_corners=True)
    close(expected, core.nearest_sample(image, grid), 0.0)


def test_nearest_sample_half_way_goes_where_torch_goes():
    image = np.arange(1.0, 26.0).reshape(1, 1, 5, 5)
    x = np.arange(-5, 6) / 4
    grid = np.stack(np.meshgrid(x, x), axis=-1)[None]
    expected = F.grid_sample(tensor(image), tensor(grid), mode="nearest", align_corners=True)
    close(expected, core.nearest_sample(image, grid), 0.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.int16, np.uint8])
@pytest.mark.parametrize("places", [1, 7, 8, 29])
def test_nearest_sample_copies_pixels_of_every_type(rng, dtype, places):
    """In groups and one by one; nothing is seen outside; integers are taken as float64."""
    image = rng.integers(1, 100, (2, 3, 4, 5)).astype(dtype)
    rows, columns = rng.integers(-1, 5, (2, places)), rng.integers(-1, 6, (2, places))
    grid = np.stack([2 * columns / 4 - 1, 2 * rows / 3 - 1], -1)[:, None]
    inside = (rows >= 0) & (rows < 4) & (columns >= 0) & (columns < 5)
    expected = np.zeros((2, 3, places), dtype)
    for n, k in zip(*np.nonzero(inside), strict=True):
        expected[n, :, k] = image[n, :, rows[n, k], columns[n, k]]
    found = core.nearest_sample(image, grid)
    assert found.dtype == (dtype if np.issubdtype(dtype, np.floating) else np.float64)
    assert np.array_equal(found[:, :, 0], expected)
    grid[1, 0, places // 2, 1] = np.nan
    expected[1, :, places // 2] = 0
    assert np.array_equal(core.nearest_sample(image, grid)[:, :, 0], expected)


def test_nearest_sample_has_the_same_bits_for_one_thread_and_many(rng):
    planes, grid = rng.normal(size=(3, 2, 35)), rng.uniform(-1.2, 1.2, (3, 2 * 29))
    one, many = np.empty((2, 3, 2, 29))
    core._nearest_serial(planes, grid, (5, 7), one)
    core._nearest_parallel(planes, grid, (5, 7), many)
    assert np.array_equal(one, many)


# --- the localisation net ----------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
def test_localisation_forward_is_a_torch_net(rng, dtype, rtol):
    image = rng.normal(size=(3, 2, 4, 5)).astype(dtype)
    net = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(40, 7), torch.nn.ReLU(), torch.nn.Linear(7, 6)
    ).to(tensor(image).dtype)
    params = [p.detach().numpy() for p in net.parameters()]
    expected = net(tensor(image)).reshape(3, 2, 3).detach()
    close(expected, core.localisation_forward(image, *params), 10 * rtol)


def test_the_identity_regression_leaves_every_picture_as_it_is(rng):
    image = rng.normal(size=(3, 1, 4, 5))
    w2, b2 = core.identity_regression(7)
    assert w2.shape == (6, 7)
    theta = core.localisation_forward(image, rng.normal(size=(7, 20)), rng.normal(size=7), w2, b2)
    close(image, core.bilinear_sample(image, core.affine_grid(theta, (4, 5))))


@pytest.mark.parametrize("shape", [(5, 6), (4, 7)])
def test_the_bugs_are_pytorchs_options(shape):
    """What torch draws with other options, and with a theta or grid turned round, is named."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(41)
    image = rng.normal(size=(2, 2, 5, 6))
    theta = np.array([[0.9, 0.35, 0.3], [-0.25, 0.8, -0.2]]) + 0.05 * rng.normal(size=(2, 2, 3))
    undone = np.stack([np.linalg.inv(homogeneous(one))[:2] for one in theta])
    f = torch.nn.functional

    def draw(theta, corners=True, swap=False, **options):
        grid = f.affine_grid(tensor(theta), (2, 2, *shape), align_corners=corners)
        grid = grid.flip(-1) if swap else grid
        return f.grid_sample(tensor(image), grid, align_corners=corners, **options).numpy()

    drawn = {
        "right": draw(theta),
        "inverse": draw(undone),
        "swapped": draw(theta, swap=True),
        "half_pixel": draw(theta, corners=False),
        "nearest": draw(theta, mode="nearest"),
        "clamped": draw(theta, padding_mode="border"),
    }
    for name, picture in drawn.items():
        found, gaps = core.name_the_bug(image, theta, picture)
        assert found == name
        assert gaps[list(drawn).index(name)] < 1e-20
        noisy = picture + 0.1 * rng.normal(size=picture.shape)
        assert core.name_the_bug(image, theta, noisy)[0] == name


def test_half_a_pixel_on_paper():
    image = np.array([[[[1.0, 2.0], [1.0, 2.0]]]])
    theta = np.array([[[1.0, 0.0, -0.5], [0.0, 1.0, 0.0]]])
    for row, name in (([0.75, 1.75], "right"), ([0.5, 1.5], "half_pixel")):
        assert core.name_the_bug(image, theta, np.array([[[row, row]]]))[0] == name


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 2e-4), (np.float64, 1e-10)])
def test_the_whole_way_back_is_pytorchs(dtype, rtol):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(40)
    image, dv = rng.normal(size=(3, 2, 5, 6)), rng.normal(size=(3, 2, 4, 3))
    weights = [0.3 * rng.normal(size=(7, 60)), rng.normal(size=7), 0.05 * rng.normal(size=(6, 7))]
    weights.append(np.array([0.8, 0.05, 0.03, -0.04, 0.7, 0.02]))
    given = [a.astype(dtype) for a in (image, *weights)]
    leaves = [torch.tensor(a, requires_grad=True) for a in given]
    u, w1, b1, w2, b2 = leaves
    hidden = torch.relu(u.reshape(3, -1) @ w1.T + b1)
    theta = (hidden @ w2.T + b2).reshape(-1, 2, 3)
    grid = torch.nn.functional.affine_grid(theta, dv.shape, align_corners=True)
    seen = torch.nn.functional.grid_sample(u, grid, align_corners=True)
    seen.backward(torch.tensor(dv.astype(dtype)))
    found = core.transformer_backward(dv.astype(dtype), *given)
    for ours, leaf in zip(found, leaves, strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, leaf.grad.numpy(), rtol=rtol, atol=rtol)


def test_the_whole_way_back_on_paper():
    w2 = np.zeros((6, 1))
    w2[2] = 0.1
    b2 = np.array([1.0, 0, 0, 0, 1, 0])
    given = np.array([[[[1.0, 2.0]]]]), np.ones((1, 2)), np.array([-1.0]), w2, b2
    dimage, dw1, db1, dw2, db2 = core.transformer_backward(np.ones((1, 1, 1, 1)), *given)
    np.testing.assert_allclose(dimage.ravel(), [0.45, 0.65])
    np.testing.assert_allclose(dw1, [[0.05, 0.1]])
    np.testing.assert_allclose(db1, [0.05])
    np.testing.assert_allclose(db2, [0, 0, 0.5, 0, 0, 0])
    np.testing.assert_allclose(dw2[2], [1.0])
