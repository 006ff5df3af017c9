"""How the exercises on spatial transformers are judged."""

import numpy as np

from autograder.spec import Case, Exercise, Question
from solutions.spatial_transformer import chapter


def pixels(rng, *shape):
    """Eighths between -5 and 5."""
    return rng.integers(-40, 41, shape) / 8


def positions(rng, shape, height, width, beyond=0):
    """Positions at eighths between the pixels, off the lattice and off its middles.

    `beyond` is how many pixels outside the image they may lie.
    """
    sides = []
    for size in (width, height):
        cell = rng.integers(-beyond, max(size - 1, 1) + beyond, shape)
        place = cell + rng.choice([1, 2, 3, 5, 6, 7], shape) / 8
        sides.append(2 * place / max(size - 1, 1) - 1)
    return np.stack(sides, axis=-1)


def around(height, width):
    """Positions a little inside and outside of each border, in all combinations."""
    sides = []
    for size in (width, height):
        places = np.array([-0.625, 0.25, size - 1.25, size - 0.375])
        sides.append(2 * places / max(size - 1, 1) - 1)
    return np.stack(np.meshgrid(*sides), axis=-1)[None]


# --- affine_grid -------------------------------------------------------------------------------

grid = Exercise("affine_grid", points=4)


@grid.check(weight=2)
def source_positions(rng):
    """Maps each target position (x, y) to (x, y) of the source."""
    yield np.array([[[0.5, 0.0, 0.2], [0.0, 0.5, 0.0]]]), (2, 3)
    yield pixels(rng, 2, 2, 3), (3, 5)


@grid.check()
def identity_grid(rng):
    """The identity leaves the corners at -1 and 1, and the rest between them in equal steps."""
    yield np.eye(2, 3)[None], (4, 3)
    yield np.eye(2, 3)[None], (2, 5)


@grid.check()
def single_pixels(rng):
    """An axis of a single pixel lies at 0."""
    yield pixels(rng, 1, 2, 3), (1, 4)
    yield pixels(rng, 2, 2, 3), (3, 1)
    yield pixels(rng, 1, 2, 3), (1, 1)


grid.in_other_dress(source_positions)


@grid.check(hidden=True, observe="linear", atol=1e-9)
def linear_in_theta(rng):
    """It is linear in theta."""
    yield pixels(rng, 2, 2, 3), pixels(rng, 2, 2, 3), 2.0, -3.0, (3, 4)


def _inverse_map(theta, out_shape):
    inverse = np.linalg.pinv(theta[:, :, :2])
    shift = -(inverse @ theta[:, :, 2:])
    return chapter.affine_grid(
        np.concatenate([inverse, shift], axis=2).astype(theta.dtype), out_shape
    )


# --- bilinear_sample ---------------------------------------------------------------------------

sample = Exercise("bilinear_sample", points=6)


@sample.check(weight=2)
def inside_the_image(rng):
    """Interpolates between the four neighbours, in images that are not square."""
    spots = np.array([[[[0.0, 0.0], [0.5, -1.0], [-1.0, 0.5]]]])
    yield np.array([[1.0, 2.0], [3.0, 4.0]])[None, None], spots
    yield pixels(rng, 1, 1, 3, 6), positions(rng, (1, 2, 4), 3, 6)
    yield pixels(rng, 2, 2, 5, 4), positions(rng, (2, 3, 2), 5, 4)


@sample.check(weight=1)
def on_the_pixels(rng):
    """On the pixels it reads the pixels, those of the border too."""
    x, y = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 3))
    yield pixels(rng, 1, 2, 3, 5), np.stack([x, y], axis=-1)[None]


@sample.check(weight=2, needs=inside_the_image)
def outside_is_zero(rng):
    """Fades to zero beyond the border."""
    row = pixels(rng, 1, 1, 2, 3) + 6
    yield row, np.array([[[[1.5, -1.0], [-1.25, 1.0], [-1.5, -1.5], [1.75, 0.5], [3.5, 0.0]]]])
    yield pixels(rng, 1, 2, 4, 3), positions(rng, (1, 4, 3), 4, 3, beyond=2)


@sample.check(weight=1, hidden=True)
def single_pixels_sampled(rng):
    """An axis of one pixel reads that pixel everywhere."""
    yield pixels(rng, 1, 2, 1, 4), positions(rng, (1, 2, 3), 1, 4, beyond=1)
    yield pixels(rng, 2, 1, 3, 1), positions(rng, (2, 3, 2), 3, 1, beyond=1)


sample.in_other_dress(outside_is_zero)


@sample.check(weight=1, hidden=True, observe="linear", atol=1e-9)
def linear_in_the_image(rng):
    """It is linear in the image."""
    one, other = pixels(rng, 1, 2, 4, 5), pixels(rng, 1, 2, 4, 5)
    yield one, other, 2.0, -3.0, positions(rng, (1, 3, 3), 4, 5, 1)


P, Q = "p = (grid[..., 0] + 1) * (W - 1) / 2", "q = (grid[..., 1] + 1) * (H - 1) / 2"


# --- the maps ----------------------------------------------------------------------------------


def between(rng, low, high, *shape):
    """Uniform draws, rounded to 1/64 and never on 0 or 1."""
    return (np.floor(rng.uniform(low, high, shape) * 64) + 0.5) / 64


content = Exercise("content_theta", points=5)


@content.check()
def content_moves_right_and_down(rng):
    """Translates the content, right and down: the grid goes the other way."""
    yield "translate", np.array([[0.5, 0.25]])
    yield "translate", between(rng, -1, 1, 3, 2)


@content.check()
def content_turns_clockwise(rng):
    """Turns the content clockwise on the screen: the grid turns back."""
    yield "rotate", np.array([[0.0], [np.pi / 2], [np.pi]])
    yield "rotate", between(rng, -3, 3, 3, 1)


@content.check()
def content_grows(rng):
    """Enlarges the content, by a factor for each direction; negative factors mirror."""
    yield "scale", np.array([[2.0, 4.0]])
    yield "scale", between(rng, 0.3, 3, 3, 2)
    yield "scale", np.array([[-1.0, 1.0], [1.0, -2.0]])


@content.check(weight=2)
def content_slants(rng):
    """Undoes the shear: theta is its inverse, in one direction and in both."""
    yield "shear", np.array([[0.5, 0.5]])
    yield "shear", np.array([[0.75, 0.0], [0.0, -0.5]])
    yield "shear", between(rng, -0.8, 0.8, 3, 2)


@content.check()
def nothing_happens(rng):
    """Amounts that change nothing give the identity."""
    yield "translate", np.zeros((2, 2))
    yield "rotate", np.zeros((1, 1))
    yield "scale", np.ones((2, 2))
    yield "shear", np.zeros((1, 2))


def amounts(rng):
    """Any amount of every motion, each image its own."""
    yield "translate", between(rng, -3, 3, 4, 2)
    yield "rotate", between(rng, -9, 9, 3, 1)
    yield "scale", between(rng, 0.3, 3, 4, 2)
    yield "scale", between(rng, -2, -0.5, 2, 2)
    yield "shear", between(rng, -0.8, 0.8, 4, 2)
    yield "shear", between(rng, 1.5, 3, 2, 2)


@content.check(weight=2)
def every_motion(rng):
    """Moves the content of each image by its own amount, small or large."""
    yield from amounts(rng)


content.in_other_dress(every_motion)


@content.check(weight=2, hidden=True)
def any_motion(rng):
    """Moves by any amount."""
    yield from amounts(rng)
    yield "translate", between(rng, -1, 1, 1, 2)
    yield "rotate", between(rng, -3, 3, 1, 1)


crop = Exercise("crop_theta", points=2)


@crop.check()
def window_fills_the_output(rng):
    """The first pixel reads at left and top, the last at right and bottom."""
    yield np.array([0.0]), np.array([-1.0]), np.array([1.0]), np.array([0.0])
    yield (
        between(rng, -1, -0.5, 2),
        between(rng, -0.4, 0, 2),
        between(rng, -0.2, 0.5, 2),
        between(rng, 0.4, 1, 2),
    )


@crop.check()
def whole_image(rng):
    """The whole image is the identity, and edges exchanged mirror it."""
    one = np.array([1.0, -1.0])
    yield -one, -np.ones(2), one, np.ones(2)


@crop.check(hidden=True)
def any_window(rng):
    """Takes any window, each image its own."""
    yield tuple(between(rng, -1.5, 1.5, 3) for _ in range(4))


crop.in_other_dress(window_fills_the_output)


# --- theta_from_marks --------------------------------------------------------------------------


def marks(rng, n, count):
    """Marks in the output, the first three far from one line, and where a theta reads them."""
    first = np.array([[-0.75, -0.5], [0.75, -0.25], [-0.25, 0.75]])
    target = np.concatenate([np.tile(first, (n, 1, 1)), pixels(rng, n, count - 3, 2) / 5], axis=1)
    target[:, :3] += pixels(rng, n, 3, 2) / 40
    theta = pixels(rng, n, 2, 3) / 4
    return target, target @ theta[:, :, :2].swapaxes(1, 2) + theta[:, None, :, 2]


CORNERS = np.array([[[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]])
READ = np.array([[[0.0, -1.0], [1.0, -1.0], [0.0, 0.0], [1.0, 0.4]]])

from_marks = Exercise("theta_from_marks", points=3)


@from_marks.check()
def three_marks(rng):
    """Three marks settle theta, of each image its own."""
    yield CORNERS[:, :3], READ[:, :3]
    yield marks(rng, 3, 3)


@from_marks.check(weight=2)
def inexact_marks(rng):
    """With more marks, not quite exact, the sum of squared gaps is smallest."""
    yield CORNERS, READ
    target, source = marks(rng, 2, 7)
    yield target, source + pixels(rng, *source.shape) / 50


@from_marks.check(hidden=True)
def any_marks(rng):
    """Is right for any number of marks and images."""
    yield marks(rng, 1, 3)
    for n, count in ((1, 12), (4, 5)):
        target, source = marks(rng, n, count)
        yield target, source + pixels(rng, *source.shape) / 50


from_marks.in_other_dress(inexact_marks)


def _similarity(target, source):
    out = []
    for a, b in zip(target, source, strict=True):
        x, y, one, none = *a.T, np.ones(len(a)), np.zeros(len(a))
        rows = np.concatenate([np.stack([x, -y, one, none], 1), np.stack([y, x, none, one], 1)])
        c, s, tx, ty = np.linalg.lstsq(rows, b.T.ravel(), rcond=None)[0]
        out.append([[c, -s, tx], [s, c, ty]])
    return np.array(out, dtype=target.dtype)


# --- compose -----------------------------------------------------------------------------------

chain = Exercise("compose", points=3)


@chain.check()
def first_then_second(rng):
    """Applies to the position last what happens to the picture first."""
    yield (
        np.array([[[0.5, 0.0, 0.0], [0.0, 0.5, 0.0]]]),
        np.array([[[1.0, 0.0, -0.5], [0.0, 1.0, 0.25]]]),
    )
    yield pixels(rng, 3, 2, 3), pixels(rng, 3, 2, 3)


@chain.check(notices=("transposed",))
def with_the_identity(rng):
    """The identity before or after changes nothing."""
    theta, nothing = pixels(rng, 1, 2, 3), np.eye(2, 3)[None]
    yield theta, nothing
    yield nothing, theta


@chain.check()
def two_moves(rng):
    """Two moves add up."""
    first, second = np.eye(2, 3)[None].copy(), np.eye(2, 3)[None].copy()
    first[0, :, 2], second[0, :, 2] = (0.25, -0.5), (0.5, 0.125)
    yield first, second


@chain.check(hidden=True)
def any_chain(rng):
    """Puts any two transforms together, each image its own."""
    yield pixels(rng, 4, 2, 3), pixels(rng, 4, 2, 3)
    yield pixels(rng, 1, 2, 3), pixels(rng, 1, 2, 3)


chain.in_other_dress(first_then_second)


# --- projective_grid ---------------------------------------------------------------------------

perspective = Exercise("projective_grid", points=2, needs=("affine_grid",))


def views(rng, n):
    """Projective maps whose depth stays between 0.4 and 1.8."""
    matrix = pixels(rng, n, 3, 3) / 2
    matrix[:, 2] = between(rng, -0.3, 0.3, n, 3) + np.array([0.0, 0.0, 1.0])
    return matrix


@perspective.check(weight=2)
def divides_by_depth(rng):
    """Divides both coordinates by the depth w of the position."""
    tilt = np.eye(3)[None].copy()
    tilt[0, 2, 1] = 0.5
    yield tilt, (2, 2)
    yield views(rng, 2), (3, 4)


@perspective.check()
def affine_in_disguise(rng):
    """With the last row (0, 0, 1) it is affine, and a common factor changes nothing."""
    matrix = np.concatenate([pixels(rng, 1, 2, 3), np.array([[[0.0, 0.0, 1.0]]])], axis=1)
    yield matrix, (3, 2)
    yield 4 * matrix, (2, 3)


@perspective.check()
def single_rows(rng):
    """An axis of a single pixel lies at 0."""
    yield views(rng, 1), (1, 3)
    yield views(rng, 2), (2, 1)


@perspective.check(hidden=True)
def any_view(rng):
    """Is right for other views and sizes, with an axis of a single pixel too."""
    yield views(rng, 2), (1, 4)
    yield views(rng, 3), (3, 2)
    yield views(rng, 1), (3, 1)


perspective.in_other_dress(divides_by_depth)


def _relative_length(matrix, out_shape):
    target = np.concatenate([grid_of(out_shape), np.ones((*out_shape, 1))], axis=-1)
    seen = np.einsum("nij,rsj->nrsi", matrix, target)
    length = np.linalg.norm(seen, axis=-1) / np.linalg.norm(target, axis=-1)
    return (seen[..., :2] / length[..., None]).astype(matrix.dtype)


def _unit_length(matrix, out_shape):
    target = np.concatenate([grid_of(out_shape), np.ones((*out_shape, 1))], axis=-1)
    seen = np.einsum("nij,rsj->nrsi", matrix, target)
    return (seen / np.linalg.norm(seen, axis=-1, keepdims=True))[..., :2].astype(matrix.dtype)


def _projective_at_the_left(matrix, out_shape):
    y, x = (np.linspace(-1, 1, size) for size in out_shape)
    target = np.stack([*np.meshgrid(x, y), np.ones(out_shape)], axis=-1)
    seen = np.einsum("nij,rsj->nrsi", matrix, target)
    return (seen[..., :2] / seen[..., 2:]).astype(matrix.dtype)


def grid_of(out_shape):
    """Return the target positions, shape (R, S, 2)."""
    return chapter.affine_grid(np.eye(2, 3)[None], out_shape)[0]


# --- nearest_sample ----------------------------------------------------------------------------

nearest = Exercise("nearest_sample", points=3)


@nearest.check(exact=True)
def nearest_inside(rng):
    """Reads the nearest pixel, in images that are not square."""
    yield pixels(rng, 1, 1, 3, 6), positions(rng, (1, 2, 4), 3, 6)
    yield pixels(rng, 2, 2, 5, 4), positions(rng, (2, 3, 2), 5, 4)
    yield pixels(rng, 1, 1, 4, 1), positions(rng, (1, 3, 4), 4, 1)
    yield pixels(rng, 1, 1, 4, 3) + 6, around(4, 3)[:, 1:3, 1:3]


@nearest.check(weight=1, exact=True, needs=nearest_inside)
def nearest_outside(rng):
    """Is zero where the nearest place is no pixel, half a pixel beyond the border."""
    spots = np.array([[[[1.2, 0.0], [1.3, 0.0], [-1.2, -1.2], [0.0, -1.3], [-1.3, 2.0]]]])
    yield pixels(rng, 1, 1, 5, 5) + 6, spots
    yield pixels(rng, 1, 2, 4, 3), positions(rng, (1, 4, 3), 4, 3, beyond=2)
    yield pixels(rng, 1, 1, 3, 4) + 6, around(3, 4)


@nearest.check(weight=1, exact=True)
def half_way(rng):
    """Half way between two pixels it takes the even index."""
    x = np.arange(-5, 6, 2) / 4
    yield np.arange(1.0, 26.0).reshape(1, 1, 5, 5), np.stack(np.meshgrid(x, x), axis=-1)[None]


@nearest.check(hidden=True, exact=True)
def any_image(rng):
    """Reads images of any shape."""
    yield pixels(rng, 1, 3, 5, 6), positions(rng, (1, 4, 2), 5, 6, 1)
    yield pixels(rng, 2, 2, 4, 3), positions(rng, (2, 3, 4), 4, 3, 1)
    yield pixels(rng, 1, 2, 1, 4), positions(rng, (1, 3, 4), 1, 4, 2)
    yield pixels(rng, 1, 1, 4, 1), positions(rng, (1, 3, 4), 4, 1, 2)
    yield pixels(rng, 1, 2, 4, 5) + 6, around(4, 5)


nearest.in_other_dress(nearest_inside)


# --- name_the_bug ------------------------------------------------------------------------------

SUSPECTS = ("right", "inverse", "swapped", "half_pixel", "nearest", "clamped")


def drawn_by(name, image, theta, shape):
    """Return what a suspect draws."""
    sides, size = np.array(image.shape[:1:-1]), np.array(shape[::-1])
    grid = chapter.affine_grid(theta, shape)
    if name == "inverse":
        grid = _inverse_map(theta, shape)
    if name == "swapped":
        grid = grid[..., ::-1]
    if name == "half_pixel":
        edges = chapter.affine_grid(theta * np.append((size - 1) / size, 1), shape)
        grid = edges * (sides / (sides - 1))
    if name == "clamped":
        grid = np.clip(grid, -1, 1)
    read = chapter.nearest_sample if name == "nearest" else chapter.bilinear_sample
    return read(image, grid)


def tilted(rng, image_shape, shape):
    """Return thetas that turn, shrink and move, whose positions are not half way between pixels."""
    while True:
        theta = np.array([[0.9, 0.35, 0.3], [-0.25, 0.8, -0.2]])
        theta = theta + pixels(rng, image_shape[0], 2, 3) / 60
        places = (chapter.affine_grid(theta, shape) + 1) / 2 * (np.array(image_shape[:1:-1]) - 1)
        if np.abs(places - np.floor(places) - 0.5).min() > 0.004:
            return theta


def scene(rng, name, shapes=((1, 1, 5, 6), (5, 6)), noise=0.125):
    """Return image, theta and what the suspect drew, where all the suspects draw differently."""
    image_shape, shape = shapes
    theta = tilted(rng, image_shape, shape)
    while True:
        image = pixels(rng, *image_shape)
        pictures = [drawn_by(one, image, theta, shape) for one in SUSPECTS]
        picture = pictures[SUSPECTS.index(name)]
        if sorted(np.mean((picture - other) ** 2) for other in pictures)[1] > 0.1:
            return image, theta, picture + noise * rng.uniform(-1, 1, picture.shape)


detective = Exercise(
    "name_the_bug", points=4, needs=("affine_grid", "bilinear_sample", "nearest_sample")
)


@detective.check()
def right_or_mistaken_about_theta(rng):
    """Tells a right sampler from one that inverts theta and one that exchanges x and y."""
    for name in ("right", "inverse", "swapped"):
        yield scene(rng, name)


@detective.check(weight=2)
def other_readings(rng):
    """Knows the half-pixel convention, the nearest pixel and positions moved to the border."""
    for name in ("half_pixel", "nearest", "clamped"):
        yield scene(rng, name)


@detective.check()
def under_noise(rng):
    """Is not misled by a little noise, several images and an output of another size."""
    for name in SUSPECTS:
        yield scene(rng, name, ((2, 2, 6, 4), (4, 7)), noise=0.25)


detective.in_other_dress(other_readings)


@detective.check(weight=2, hidden=True)
def any_scene(rng):
    """Names the sampler for other images, transforms and sizes."""
    for name in SUSPECTS[:4]:
        yield scene(rng, name, ((1, 2, 4, 7), (6, 5)))
    for name in SUSPECTS[2:]:
        yield scene(rng, name, ((3, 1, 5, 5), (5, 5)))


# --- bilinear_sample_backward ------------------------------------------------------------------


def sampled(rng, image_shape, out_shape, beyond=0):
    """Arguments of the backward that fit together."""
    n, c, h, w = image_shape
    dv = pixels(rng, n, c, *out_shape)
    spots = positions(rng, (n, *out_shape), h, w, beyond)
    return dv, pixels(rng, *image_shape), spots


CENTRE = np.ones((1, 1, 1, 1)), np.array([[1.0, 2.0], [3.0, 4.0]])[None, None]

back = Exercise("bilinear_sample_backward", points=7)


@back.check(weight=2, observe="item")
def image_gradient(rng):
    """The first value, dimage, gives each pixel the weight it had, added over all readers."""
    yield Case(0, *CENTRE, np.array([[[[0.25, -0.5]]]]))
    yield Case(0, *sampled(rng, (2, 2, 3, 4), (4, 5)))


@back.check(weight=2, observe="item")
def position_gradient(rng):
    """The second value, dgrid, tells how the value changes with the normalised position."""
    yield Case(1, *CENTRE, np.array([[[[0.25, -0.5]]]]))
    yield Case(1, *sampled(rng, (1, 1, 3, 5), (2, 4)))
    yield Case(1, *sampled(rng, (2, 3, 4, 6), (2, 2)))
    yield Case(1, *sampled(rng, (1, 2, 1, 4), (2, 3)))
    yield Case(1, *sampled(rng, (1, 1, 3, 1), (2, 2)))


@back.check(weight=1, needs=(image_gradient, position_gradient), notices=("readers-lost (3)",))
def beyond_the_border(rng):
    """Outside neighbours count as zeros in both gradients."""
    yield sampled(rng, (1, 2, 4, 3), (3, 4), beyond=2)
    yield pixels(rng, 1, 1, 4, 4), pixels(rng, 1, 1, 3, 4), around(3, 4)


@back.check(weight=1, hidden=True)
def one_pixel_wide(rng):
    """An axis of one pixel has no gradient along it."""
    yield sampled(rng, (1, 2, 1, 4), (2, 3), beyond=1)
    yield sampled(rng, (2, 1, 3, 1), (3, 2), beyond=1)
    for height, width in ((1, 3), (4, 1)):
        spots = around(height, width)
        yield pixels(rng, 1, 2, 4, 4), pixels(rng, 1, 2, height, width), spots


back.in_other_dress(beyond_the_border)


# --- affine_grid_backward ----------------------------------------------------------------------

grid_back = Exercise("affine_grid_backward", points=3)


@grid_back.check(weight=2)
def pulls_are_summed(rng):
    """Sums the pulls of all positions, each times its target (x, y, 1)."""
    yield pixels(rng, 2, 3, 5, 2)
    yield pixels(rng, 1, 4, 2, 2)
    yield pixels(rng, 1, 2, 3, 2)


@grid_back.check()
def everything_pulls_alike(rng):
    """If all positions pull alike, only the translation is pulled."""
    yield np.tile(np.array([0.5, -2.0]), (1, 3, 4, 1))


@grid_back.check()
def single_positions(rng):
    """An axis of a single pixel lies at 0."""
    yield pixels(rng, 2, 1, 4, 2)
    yield pixels(rng, 1, 3, 1, 2)
    yield pixels(rng, 1, 1, 1, 2)


grid_back.in_other_dress(pulls_are_summed)


@grid_back.check(hidden=True, observe="linear", atol=1e-9)
def linear_in_the_pulls(rng):
    """It is linear."""
    yield pixels(rng, 2, 3, 4, 2), pixels(rng, 2, 3, 4, 2), 2.0, -3.0


# --- the localisation net ----------------------------------------------------------------------

start = Exercise("identity_regression", points=1)


@start.check()
def biases_are_the_identity(rng):
    """The biases are the identity transform, row by row."""
    yield (8,)


@start.check()
def one_unit(rng):
    """Works for a single hidden unit."""
    yield (1,)


@start.check(hidden=True, notices=("inputs-first",))
def any_width(rng):
    """The weights are zero, one row per output, for any number of inputs."""
    yield (int(rng.integers(2, 30)),)
    yield Case(hidden=int(rng.integers(2, 30)))


look = Exercise("localisation_forward", points=2)


def net(rng, inputs, hidden):
    """Weights and biases of a localisation net."""
    shapes = (hidden, inputs), (hidden,), (6, hidden), (6,)
    return tuple(pixels(rng, *shape) / 4 for shape in shapes)


@look.check()
def regresses_theta(rng):
    """Flattens, applies both layers and lays the six numbers out row by row."""
    yield pixels(rng, 2, 2, 2, 3), *net(rng, 12, 4)
    yield pixels(rng, 3, 1, 3, 2), *net(rng, 6, 7)


@look.check()
def starts_from_the_identity(rng):
    """With zero weights at the end theta is the bias, whatever the image."""
    w1, b1, w2, _ = net(rng, 6, 3)
    yield pixels(rng, 2, 1, 2, 3), w1, b1, 0 * w2, np.array([1.0, 0, 0, 0, 1, 0])


@look.check(hidden=True)
def any_net(rng):
    """Takes images and layers of any size."""
    yield pixels(rng, 1, 3, 2, 4), *net(rng, 24, 5)
    yield pixels(rng, 3, 2, 3, 2), *net(rng, 12, 4)


look.in_other_dress(regresses_theta)


# --- transformer_backward ----------------------------------------------------------------------


def off_the_lattice(theta, image_shape, out_shape):
    """Tell whether the grid of theta stays away from all rows and columns of pixels."""
    grid = chapter.affine_grid(theta, out_shape)
    places = (grid + 1) / 2 * (np.array(image_shape[:1:-1]) - 1)
    moving = np.array(image_shape[:1:-1]) > 1
    return bool(np.all(np.abs(places - np.rint(places))[..., moving] > 0.02))


def transformed(rng, image_shape, out_shape, hidden=4):
    """Arguments of `transformer_backward`, away from the pixel lattice and from ReLU's kink."""
    n, c, h, w = image_shape
    while True:
        image, dv = pixels(rng, *image_shape), pixels(rng, n, c, *out_shape)
        w1, b1 = pixels(rng, hidden, c * h * w) / 4, pixels(rng, hidden)
        w2 = pixels(rng, 6, hidden) / 512
        b2 = np.array([0.75, 0.0, 0.0, 0.0, 0.75, 0.0]) + pixels(rng, 6) / 32
        sums = image.reshape(n, -1) @ w1.T + b1
        theta = chapter.localisation_forward(image, w1, b1, w2, b2)
        on = sums > 0
        mixed = on.any(axis=1).all() and not on.all() and np.abs(sums).min() > 0.05
        if mixed and off_the_lattice(theta, image_shape, out_shape):
            return dv, image, w1, b1, w2, b2


PAIR = (
    np.ones((1, 1, 1, 1)),
    np.array([[[[1.0, 2.0]]]]),
    np.array([[1.0, 1.0]]),
    np.array([-1.0]),
    np.array([[0.0], [0.0], [0.1], [0.0], [0.0], [0.0]]),
    np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
)

whole = Exercise("transformer_backward", points=5)


@whole.check(observe="item")
def last_layer(rng):
    """The fourth and fifth value, dw2 and db2: from the gradient by theta and the hidden units."""
    for k in (3, 4):
        yield Case(k, *PAIR)
        yield Case(k, *transformed(rng, (2, 1, 4, 5), (3, 2)))


@whole.check(weight=2, observe="item", needs=last_layer)
def first_layer(rng):
    """The second and third value, dw1 and db1: only units that are on pass anything."""
    for k in (1, 2):
        yield Case(k, *PAIR)
        yield Case(k, *transformed(rng, (2, 1, 4, 5), (3, 2)))


@whole.check(weight=2, observe="item", needs=(last_layer, first_layer))
def image_read_twice(rng):
    """The first value, dimage, adds what comes back through the sampler and through the net."""
    yield Case(0, *PAIR)
    yield Case(0, *transformed(rng, (2, 2, 3, 4), (2, 3)))


@whole.check(exact=True, needs=(last_layer, first_layer, image_read_twice))
def exactly_at_zero(rng):
    """A hidden unit whose input is exactly zero passes nothing."""
    w1, b1 = np.ones((2, 2)), np.array([-3.0, -1.0])
    w2 = np.array([[0.0, 0.0], [0.0, 0.0], [0.25, 0.125], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    yield PAIR[0], PAIR[1], w1, b1, w2, PAIR[5]


@whole.check(needs=(last_layer, first_layer, image_read_twice))
def whole_batch(rng):
    """Gives all five for a batch of several images and channels."""
    yield transformed(rng, (3, 2, 4, 3), (2, 4), hidden=5)


whole.in_other_dress(whole_batch)


@whole.check(weight=2, hidden=True)
def other_shapes(rng):
    """Is right for a single image, many channels, a single row and other glimpses."""
    yield transformed(rng, (1, 3, 3, 5), (4, 2))
    yield transformed(rng, (2, 1, 5, 4), (1, 3), hidden=6)


# --- questions, graded by a person ----------------------------------------------------------------

push_or_pull = Question(
    "push_or_pull",
    points=3,
    guide="""
    Full answer, a point for each part. Enlarged: most output pixels receive nothing, holes
    between the dots. Shrunk: about nine pixels land on one and add up, far too bright. Dividing
    repairs the brightness (and gives a proper mean when shrinking), not the holes: 0/0 there. In
    bilinear_sample_backward: the gradient for the image sends dv back to the four pixels that
    were read, with the same weights: the transpose of a linear reading; there adding up is right,
    since a pixel that is read twice has twice the influence. Half: "holes" only.
    """,
)

how_far_it_sees = Question(
    "how_far_it_sees",
    points=3,
    guide="""
    Full answer, a point for each part. One box, many votes: theta collects the pulls of all 100
    positions, for all images of a batch; where some of them lie on strokes these pull, and each
    small move brings others onto strokes; the classifier's gradient says whether it got better.
    Moves of many pixels are many small steps. Stuck: if the box covers no stroke it reads zeros,
    whose differences are zero: no gradient, ever. The identity covers the whole frame, so the
    digit is always partly read. Blur: makes every stroke wide, so that the four neighbours carry
    a gradient towards it from further off (also less aliasing, as 10 x 10 positions skip pixels
    of a 16 x 16 frame). Half: only "zero gradient outside".
    """,
)

not_the_parameters = Question(
    "not_the_parameters",
    points=2,
    guide="""
    Full answer: the task comes apart into *where and how turned* (six numbers) and *which digit*;
    the transformer net has this built in, its classifier sees every digit at about the same
    place, upright, so all images teach the same weights; the plain net needs detectors for each
    digit at each place, size and angle, and sees each combination rarely (1 point). No gain:
    pictures already centred and upright; harm: where pose *is* the information (6 and 9 under
    half turns, a road sign's arrow), or with few data, since the localisation net is one more
    thing to overfit, or several objects, of which one box shows only one (1 point). Half: "it can
    rotate the digit".
    """,
)
