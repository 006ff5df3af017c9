"""How the exercises on spatial transformers are judged."""

import numpy as np

from autograder.spec import Case, Exercise, Question
from solutions.spatial_transformer import chapter


def pixels(rng, *shape, dtype=np.float64):
    """Eighths between -5 and 5."""
    return (rng.integers(-40, 41, shape) / 8).astype(dtype)


def spread(array):
    """Return the same values, two steps apart in memory."""
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def positions(rng, shape, height, width, beyond=0, dtype=np.float64):
    """Positions at eighths between the pixels, off the lattice and off its middles.

    `beyond` is how many pixels outside the image they may lie.
    """
    sides = []
    for size in (width, height):
        cell = rng.integers(-beyond, max(size - 1, 1) + beyond, shape)
        place = cell + rng.choice([1, 2, 3, 5, 6, 7], shape) / 8
        sides.append(2 * place / max(size - 1, 1) - 1)
    return np.stack(sides, axis=-1).astype(dtype)


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


@grid.check(hidden=True, dtype=True)
def float32_grid(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield spread(pixels(rng, 3, 2, 3, dtype=np.float32)), (4, 6)
    yield np.asfortranarray(pixels(rng, 2, 2, 3)), (7, 2)
    yield pixels(rng, 1, 2, 3), (1, 1)


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


grid.misconception(
    "y-before-x",
    replace='return np.einsum("nij,rsj->nrsi", theta, target)',
    by='return np.einsum("nij,rsj->nrsi", theta, target)[..., ::-1]',
    hint="The last axis of a grid is (x, y). Which of the two comes from theta's first row?",
)
grid.misconception(
    "rows-take-x",
    replace=("target[..., 0] = x", "target[..., 1] = y[:, None]"),
    by=("target[..., 0] = y[:, None]", "target[..., 1] = x"),
    hint="Walk one step to the right in the output. Which target coordinate changes?",
).also(
    replace=(
        "target[..., 0] = x",
        "target[..., 1] = y[:, None]",
        'return np.einsum("nij,rsj->nrsi", theta, target)',
    ),
    by=(
        "target[..., 0] = y[:, None]",
        "target[..., 1] = x",
        'return np.einsum("nij,rsj->nrsi", theta, target)[..., ::-1]',
    ),
)
grid.misconception(
    "rows-and-columns-swapped",
    replace="R, S = out_shape",
    by="S, R = out_shape",
    hint="out_shape is rows, columns. How many rows has your grid?",
)
grid.misconception(
    "half-pixel-corners",
    replace=("np.linspace(-1, 1, S)", "np.linspace(-1, 1, R)"),
    by=("np.linspace(1 / S - 1, 1 - 1 / S, S)", "np.linspace(1 / R - 1, 1 - 1 / R, R)"),
    convention="PyTorch's align_corners=False, where -1 and 1 are the outer edges of the border"
    " pixels",
    hint="Where is -1: at the centre of the first pixel, or at its outer edge?",
)
grid.misconception(
    "single-pixel-at-the-left",
    replace=(" if S > 1 else np.zeros(1)", " if R > 1 else np.zeros(1)"),
    by=("", ""),
    hint="np.linspace(-1, 1, 1) is [-1]. Where should an axis of a single pixel lie?",
)
grid.misconception(
    "last-pixel-not-at-one",
    replace=("np.linspace(-1, 1, S)", "np.linspace(-1, 1, R)"),
    by=("np.linspace(-1, 1, S, endpoint=False)", "np.linspace(-1, 1, R, endpoint=False)"),
    hint="At which position is the last column: is it 1?",
)
grid.misconception(
    "pixel-units",
    replace=("np.linspace(-1, 1, S)", "np.linspace(-1, 1, R)"),
    by=("np.arange(float(S))", "np.arange(float(R))"),
    hint="Positions are normalised. Where is the last column: at 1, or at S - 1?",
)
grid.misconception(
    "zero-to-one",
    replace=("np.linspace(-1, 1, S)", "np.linspace(-1, 1, R)"),
    by=("np.linspace(0, 1, S)", "np.linspace(0, 1, R)"),
    hint="Where is the middle of the image: at 0, or at one half?",
)
grid.misconception(
    "translation-forgotten",
    replace='np.einsum("nij,rsj->nrsi", theta, target)',
    by='np.einsum("nij,rsj->nrsi", theta[..., :2], target[..., :2])',
    hint="theta has three columns. What does the third one meet?",
)
grid.misconception(
    "theta-transposed",
    replace='np.einsum("nij,rsj->nrsi", theta, target)',
    by='np.einsum("nij,rsj->nrsi", np.concatenate([theta[..., :2].swapaxes(1, 2),'
    " theta[..., 2:]], axis=2), target)",
    hint="Is the position a column to the right of theta, or a row to its left?",
)
grid.misconception(
    "y-upwards",
    replace="target[..., 1] = y[:, None]",
    by="target[..., 1] = -y[:, None]",
    convention="the y axis of mathematics, which points up; an image's rows are counted down",
    hint="Row 0 is the uppermost. Is its y -1 or 1?",
)
grid.misconception(
    "inverse-map",
    function=_inverse_map,
    hint="theta already maps from the output to the input. Have you inverted it once more?",
)

# --- the maps ----------------------------------------------------------------------------------


def between(rng, low, high, *shape, dtype=np.float64):
    """Uniform draws, rounded to 1/64 and never on 0 or 1."""
    return ((np.floor(rng.uniform(low, high, shape) * 64) + 0.5) / 64).astype(dtype)


move = Exercise("translation_theta", points=1)


@move.check(weight=2)
def content_moves_right_and_down(rng):
    """Moves the content: the grid goes the other way."""
    yield np.array([0.5]), np.array([0.25])
    yield between(rng, -1, 1, 3), between(rng, -1, 1, 3)


@move.check()
def moved_by_nothing(rng):
    """A move by nothing is the identity."""
    yield np.zeros(2), np.zeros(2)


@move.check(hidden=True, dtype=True)
def float32_move(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield between(rng, -1, 1, 4, dtype=np.float32), between(rng, -1, 1, 4, dtype=np.float32)
    yield between(rng, -1, 1, 6)[::2], spread(between(rng, -1, 1, 3))


move.misconception(
    "grid-moves-along",
    replace=("0, 2] = -tx", "1, 2] = -ty"),
    by=("0, 2] = tx", "1, 2] = ty"),
    convention="the sampling grid's own translation; asked is the content's",
    hint="If every output pixel reads further right, which way does the picture move?",
)
move.misconception(
    "x-and-y-swapped",
    replace=("0, 2] = -tx", "1, 2] = -ty"),
    by=("0, 2] = -ty", "1, 2] = -tx"),
    hint="Which row of theta computes x?",
)
move.misconception(
    "half-the-way",
    replace=("0, 2] = -tx", "1, 2] = -ty"),
    by=("0, 2] = -tx / 2", "1, 2] = -ty / 2"),
    hint="The image is 2 wide in normalised units. Is t already in these units?",
)
move.misconception(
    "twice-the-way",
    replace=("0, 2] = -tx", "1, 2] = -ty"),
    by=("0, 2] = -2 * tx", "1, 2] = -2 * ty"),
    hint="From one side of the image to the other it is 2 in normalised units. Is t a share of the"
    " image, or already in these units?",
).also(
    replace=("0, 2] = -tx", "1, 2] = -ty"),
    by=("0, 2] = 2 * tx", "1, 2] = 2 * ty"),
)
move.misconception(
    "y-upwards",
    replace="1, 2] = -ty",
    by="1, 2] = ty",
    hint="Does y grow towards the top of the image or towards the bottom?",
)

turn = Exercise("rotation_theta", points=2)


@turn.check(weight=2)
def content_turns_clockwise(rng):
    """Turns the content clockwise on the screen: the grid turns back."""
    yield np.array([np.pi / 6])
    yield between(rng, -3, 3, 3)


@turn.check()
def special_angles(rng):
    """A turn by nothing, by a quarter and by a half."""
    yield np.array([0.0, np.pi / 2, np.pi])


@turn.check(hidden=True, dtype=True)
def float32_turn(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield between(rng, -3, 3, 4, dtype=np.float32)
    yield spread(between(rng, -9, 9, 3))


turn.misconception(
    "grid-turns-along",
    replace=("0, 1] = np.sin(angle)", "1, 0] = -np.sin(angle)"),
    by=("0, 1] = -np.sin(angle)", "1, 0] = np.sin(angle)"),
    convention="the sampling grid's own rotation; asked is the content's, its inverse",
    hint="Where does the upper left pixel of the output read after a quarter turn clockwise? Try it"
    " with a sheet of paper.",
)
turn.misconception(
    "degrees",
    replace=(
        "np.cos(angle)\n    theta[:, 0, 1]",
        "0, 1] = np.sin(angle)",
        "1, 0] = -np.sin(angle)",
        "1, 1] = np.cos(angle)",
    ),
    by=(
        "np.cos(angle * np.pi / 180)\n    theta[:, 0, 1]",
        "0, 1] = np.sin(angle * np.pi / 180)",
        "1, 0] = -np.sin(angle * np.pi / 180)",
        "1, 1] = np.cos(angle * np.pi / 180)",
    ),
    hint="In which unit does the angle come, and which unit does np.cos take?",
)
turn.misconception(
    "a-mirror-in-it",
    replace="1, 0] = -np.sin(angle)",
    by="1, 0] = np.sin(angle)",
    hint="A rotation has determinant 1. What is yours?",
)
turn.misconception(
    "sine-and-cosine-exchanged",
    replace=("0, 0] = np.cos", "0, 1] = np.sin", "1, 0] = -np.sin", "1, 1] = np.cos"),
    by=("0, 0] = np.sin", "0, 1] = np.cos", "1, 0] = -np.cos", "1, 1] = np.sin"),
    hint="What should theta be for a turn by nothing?",
)

grow = Exercise("scale_theta", points=1)


@grow.check(weight=2)
def content_grows(rng):
    """Enlarges the content: the grid covers less."""
    yield np.array([2.0]), np.array([4.0])
    yield between(rng, 0.3, 3, 3), between(rng, 0.3, 3, 3)


@grow.check()
def mirrors(rng):
    """A negative factor mirrors, and 1 leaves as it is."""
    yield np.array([-1.0, 1.0]), np.array([1.0, -2.0])


@grow.check(hidden=True, dtype=True)
def float32_growth(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield between(rng, 0.3, 3, 4, dtype=np.float32), between(rng, 0.3, 3, 4, dtype=np.float32)
    yield between(rng, -2, -0.5, 6)[::2], spread(between(rng, 0.5, 2, 3))


grow.misconception(
    "grid-grows-along",
    replace=("0, 0] = 1 / sx", "1, 1] = 1 / sy"),
    by=("0, 0] = sx", "1, 1] = sy"),
    convention="the sampling grid's own scale; asked is the content's",
    hint="To see the picture twice as large, must the grid cover more of it or less?",
)
grow.misconception(
    "x-and-y-swapped",
    replace=("0, 0] = 1 / sx", "1, 1] = 1 / sy"),
    by=("0, 0] = 1 / sy", "1, 1] = 1 / sx"),
    hint="Which row of theta computes x?",
)
grow.misconception(
    "one-factor-for-both",
    replace="= 1 / sy",
    by="= 1 / sx",
    hint="Width and height may grow differently. Where does sy come in?",
)

slant = Exercise("shear_theta", points=2)


@slant.check(weight=2)
def content_slants(rng):
    """Undoes the shear: theta is its inverse, determinant included."""
    yield np.array([0.5]), np.array([0.5])
    yield between(rng, -0.8, 0.8, 3), between(rng, -0.8, 0.8, 3)


@slant.check()
def one_direction(rng):
    """With one of the two shears zero only a sign changes."""
    yield np.array([0.75, 0.0]), np.array([0.0, -0.5])


@slant.check(hidden=True, dtype=True)
def float32_slant(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    kx, ky = between(rng, -0.8, 0.8, 4), between(rng, 0, 0.8, 4)
    yield kx.astype(np.float32), ky.astype(np.float32)
    yield between(rng, 1.5, 3, 6)[::2], spread(between(rng, 0.8, 2, 3))


slant.misconception(
    "grid-slants-along",
    replace=("0, 1] = -kx", "1, 0] = -ky", "return theta / (1 - kx * ky)[:, None, None]"),
    by=("0, 1] = kx", "1, 0] = ky", "return theta"),
    convention="the sampling grid's own shear; asked is the content's",
    hint="The content at (x, y) is to appear at (x + kx y, y + ky x). Where must that output"
    " position read?",
)
slant.misconception(
    "only-the-sign",
    replace="return theta / (1 - kx * ky)[:, None, None]",
    by="return theta",
    hint="Multiply your matrix with the shear. Is it the identity when both kx and ky are not"
    " zero?",
)
slant.misconception(
    "determinant-left-off-the-diagonal",
    replace=(
        "0, 0] = 1\n",
        "1, 1] = 1\n",
    ),
    by=("0, 0] = 1 - kx * ky\n", "1, 1] = 1 - kx * ky\n"),
    hint="Multiply your matrix with the shear. Is it the identity when both kx and ky are not"
    " zero?",
)
slant.misconception(
    "one-shear-after-the-other",
    replace=("1, 1] = 1\n", "return theta / (1 - kx * ky)[:, None, None]"),
    by=("1, 1] = 1 + kx * ky\n", "return theta"),
    hint="Do both shears act on the same position, or the second one on what the first has left?",
).also(
    replace=("0, 0] = 1\n", "return theta / (1 - kx * ky)[:, None, None]"),
    by=("0, 0] = 1 + kx * ky\n", "return theta"),
)
slant.misconception(
    "x-and-y-swapped",
    replace=("0, 1] = -kx", "1, 0] = -ky"),
    by=("0, 1] = -ky", "1, 0] = -kx"),
    hint="kx moves x by a share of y. In which row and column of theta does it stand?",
)
slant.misconception(
    "determinant-with-a-plus",
    replace="1 - kx * ky",
    by="1 + kx * ky",
    hint="What is the determinant of a 2 × 2 matrix with ones on the diagonal?",
)

crop = Exercise("crop_theta", points=2)


@crop.check(weight=2)
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


@crop.check(hidden=True, dtype=True)
def float32_window(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield tuple(between(rng, -1.5, 1.5, 3, dtype=np.float32) for _ in range(4))
    yield tuple(spread(between(rng, -1, 1, 2)) for _ in range(4))


crop.misconception(
    "twice-the-window",
    replace=("(right - left) / 2", "(bottom - top) / 2"),
    by=("(right - left)", "(bottom - top)"),
    hint="The target runs from -1 to 1, a length of 2. How long is the window?",
)
crop.misconception(
    "starts-at-the-corner",
    replace=("(left + right) / 2", "(top + bottom) / 2"),
    by=("left", "top"),
    hint="Where does the middle of the output, x = 0, read?",
)
crop.misconception(
    "rows-before-columns",
    replace=(
        "theta[:, 0, 0] = (right - left) / 2",
        "theta[:, 0, 2] = (left + right) / 2",
        "theta[:, 1, 1] = (bottom - top) / 2",
        "theta[:, 1, 2] = (top + bottom) / 2",
    ),
    by=(
        "theta[:, 1, 1] = (right - left) / 2",
        "theta[:, 1, 2] = (left + right) / 2",
        "theta[:, 0, 0] = (bottom - top) / 2",
        "theta[:, 0, 2] = (top + bottom) / 2",
    ),
    hint="Left and right are positions in x. Which row of theta computes x?",
)
crop.misconception(
    "sum-for-the-middle",
    replace=("(left + right) / 2", "(top + bottom) / 2"),
    by=("left + right", "top + bottom"),
    hint="What is the middle of an interval from 0 to 1?",
)
crop.misconception(
    "inverse-window",
    replace=("(right - left) / 2", "(bottom - top) / 2"),
    by=("2 / (right - left)", "2 / (bottom - top)"),
    hint="A small window is seen enlarged. Must the grid cover more of the image or less?",
).also(
    replace=(
        "(right - left) / 2",
        "(left + right) / 2",
        "(bottom - top) / 2",
        "(top + bottom) / 2",
    ),
    by=(
        "2 / (right - left)",
        "-(left + right) / (right - left)",
        "2 / (bottom - top)",
        "-(top + bottom) / (bottom - top)",
    ),
)
crop.misconception(
    "middle-moved-the-other-way",
    replace=("(left + right) / 2", "(top + bottom) / 2"),
    by=("-(left + right) / 2", "-(top + bottom) / 2"),
    hint="Where does the middle of the output, x = 0, read: in the middle of the window?",
)
crop.misconception(
    "half-the-window-s-middle",
    replace=("(left + right) / 2", "(top + bottom) / 2"),
    by=("(right - left) / 2", "(bottom - top) / 2"),
    hint="What is the middle of an interval from 0.5 to 1?",
)

# --- compose -----------------------------------------------------------------------------------

chain = Exercise("compose", points=3)


@chain.check(weight=2)
def first_then_second(rng):
    """Applies to the position last what happens to the picture first."""
    yield (
        np.array([[[0.5, 0.0, 0.0], [0.0, 0.5, 0.0]]]),
        np.array([[[1.0, 0.0, -0.5], [0.0, 1.0, 0.25]]]),
    )
    yield pixels(rng, 3, 2, 3), pixels(rng, 3, 2, 3)


@chain.check()
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


@chain.check(hidden=True, dtype=True)
def float32_chain(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield spread(pixels(rng, 4, 2, 3, dtype=np.float32)), pixels(rng, 4, 2, 3, dtype=np.float32)
    yield pixels(rng, 2, 3, 2).swapaxes(1, 2), spread(pixels(rng, 2, 2, 3))


chain.misconception(
    "other-way-round",
    replace=(
        "both = first[:, :, :2] @ second",
        "both[:, :, 2] += first[:, :, 2]",
    ),
    by=(
        "both = second[:, :, :2] @ first",
        "both[:, :, 2] += second[:, :, 2]",
    ),
    hint="The output reads from the intermediate picture, and that reads from the input. Which"
    " theta meets the output position first?",
)
chain.misconception(
    "second-move-not-transformed",
    replace="both[:, :, 2] += first[:, :, 2]",
    by="both[:, :, 2] = first[:, :, 2] + second[:, :, 2]",
    hint="Enlarge by 2, then move by 0.5: by how much must the grid move in the small original?",
).also(
    replace=("first[:, :, :2] @ second", "both[:, :, 2] += first[:, :, 2]"),
    by=("second[:, :, :2] @ first", "both[:, :, 2] = first[:, :, 2] + second[:, :, 2]"),
)
chain.misconception(
    "first-move-forgotten",
    replace="both[:, :, 2] += first[:, :, 2]\n    ",
    by="",
    hint="Put the row (0, 0, 1) under the second matrix. What does the 1 multiply?",
).also(
    replace=("first[:, :, :2] @ second", "both[:, :, 2] += first[:, :, 2]"),
    by=("second[:, :, :2] @ first", "pass"),
)
chain.misconception(
    "element-by-element",
    replace=("both = first[:, :, :2] @ second", "both[:, :, 2] += first[:, :, 2]"),
    by=(
        "both = first * second",
        "both[:, :, 2] = first[:, :, 2] + second[:, :, 2]",
    ),
    hint="Is a map after a map the product of the matrices, or of their entries?",
)

# --- projective_grid ---------------------------------------------------------------------------

perspective = Exercise("projective_grid", points=3, needs=("affine_grid",))


def views(rng, n, dtype=np.float64):
    """Projective maps whose depth stays between 0.4 and 1.8."""
    matrix = pixels(rng, n, 3, 3) / 2
    matrix[:, 2] = between(rng, -0.3, 0.3, n, 3) + np.array([0.0, 0.0, 1.0])
    return matrix.astype(dtype)


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


@perspective.check(hidden=True)
def single_rows(rng):
    """An axis of a single pixel lies at 0."""
    yield views(rng, 2), (1, 4)
    yield views(rng, 1), (3, 1)


@perspective.check(hidden=True, dtype=True)
def float32_perspective(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield spread(views(rng, 2, np.float32)), (4, 5)
    yield views(rng, 1).swapaxes(0, 1).copy().swapaxes(0, 1), (5, 3)


def _relative_length(matrix, out_shape):
    target = np.concatenate([grid_of(out_shape), np.ones((*out_shape, 1))], axis=-1)
    seen = np.einsum("nij,rsj->nrsi", matrix, target)
    length = np.linalg.norm(seen, axis=-1) / np.linalg.norm(target, axis=-1)
    return (seen[..., :2] / length[..., None]).astype(matrix.dtype)


def _unit_length(matrix, out_shape):
    target = np.concatenate([grid_of(out_shape), np.ones((*out_shape, 1))], axis=-1)
    seen = np.einsum("nij,rsj->nrsi", matrix, target)
    return (seen / np.linalg.norm(seen, axis=-1, keepdims=True))[..., :2].astype(matrix.dtype)


def grid_of(out_shape):
    """Return the target positions, shape (R, S, 2)."""
    return chapter.affine_grid(np.eye(2, 3)[None], out_shape)[0]


perspective.misconception(
    "divided-by-the-length",
    function=_relative_length,
    hint="Which points (x, y, 1) stand for the same place as (2, 4, 2)? By what do you get from one"
    " to the other?",
).also(function=_unit_length)
perspective.misconception(
    "never-divided",
    replace="return plane / depth",
    by="return plane",
    hint="What is the third row of the matrix for? With (0, 0.5, 1) the position (1, 1) has w ="
    " 1.5.",
)
perspective.misconception(
    "multiplied-by-depth",
    replace="return plane / depth",
    by="return plane * depth",
    hint="Homogeneous coordinates (a, b, w) stand for a point of the plane. Which one?",
)
perspective.misconception(
    "constant-depth",
    replace="return plane / depth",
    by="return plane / matrix[:, 2, 2][:, None, None, None]",
    hint="Does w depend on the position, or is it one number for the whole image?",
)
perspective.misconception(
    "only-x-divided",
    replace="return plane / depth",
    by="return np.concatenate([plane[..., :1] / depth, plane[..., 1:]], axis=-1)",
    hint="What is far away looks smaller. In one direction only?",
)
perspective.misconception(
    "transposed",
    replace="plane = affine_grid(matrix[:, :2], out_shape)",
    by="matrix = matrix.swapaxes(1, 2)\n    plane = affine_grid(matrix[:, :2], out_shape)",
    hint="Is the position a column to the right of the matrix, or a row to its left?",
)
perspective.misconception(
    "y-before-x",
    replace="return plane / depth",
    by="return (plane / depth)[..., ::-1]",
    hint="The last axis of a grid is (x, y). Which of the two comes from the matrix' first row?",
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


@sample.check(weight=1, hidden=True, dtype=True)
def float32_samples(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    image = pixels(rng, 1, 3, 5, 6, dtype=np.float32)
    yield spread(image), positions(rng, (1, 4, 2), 5, 6, 1, np.float32)
    yield np.asfortranarray(pixels(rng, 2, 2, 4, 3)), spread(positions(rng, (2, 3, 4), 4, 3, 1))
    yield pixels(rng, 1, 1, 6, 4).swapaxes(2, 3), positions(rng, (1, 1, 5), 4, 6, 3)


@sample.check(weight=1, hidden=True, observe="linear", atol=1e-9)
def linear_in_the_image(rng):
    """It is linear in the image."""
    one, other = pixels(rng, 1, 2, 4, 5), pixels(rng, 1, 2, 4, 5)
    yield one, other, 2.0, -3.0, positions(rng, (1, 3, 3), 4, 5, 1)


P, Q = "p = (grid[..., 0] + 1) * (W - 1) / 2", "q = (grid[..., 1] + 1) * (H - 1) / 2"
INSIDE = "weight *= (i >= 0) & (i < H) & (j >= 0) & (j < W)"

sample.misconception(
    "xy-swapped",
    replace=("p = (grid[..., 0]", "q = (grid[..., 1]"),
    by=("p = (grid[..., 1]", "q = (grid[..., 0]"),
    hint="grid[..., 0] is x. Does x move along the rows or along the columns?",
)
sample.misconception(
    "half-pixel-corners",
    replace=(P, Q),
    by=("p = ((grid[..., 0] + 1) * W - 1) / 2", "q = ((grid[..., 1] + 1) * H - 1) / 2"),
    convention="PyTorch's align_corners=False, where -1 and 1 are the outer edges of the border"
    " pixels",
    hint="At which pixel coordinate is x = -1: at 0, the centre of the first pixel, or at -0.5?",
)
sample.misconception(
    "one-pixel-too-many",
    replace=(P, Q),
    by=("p = (grid[..., 0] + 1) * W / 2", "q = (grid[..., 1] + 1) * H / 2"),
    hint="Five columns have the indices 0 to 4. Which one is x = 1?",
)
sample.misconception(
    "positions-taken-for-pixels",
    replace=(P, Q),
    by=("p = grid[..., 0]", "q = grid[..., 1]"),
    hint="Positions are normalised. Which pixel is x = 1?",
)
sample.misconception(
    "zero-to-one",
    replace=(P, Q),
    by=("p = grid[..., 0] * (W - 1)", "q = grid[..., 1] * (H - 1)"),
    hint="Which pixel is x = -1, and which one is x = 0?",
)
sample.misconception(
    "sizes-exchanged",
    replace=(P, Q),
    by=("p = (grid[..., 0] + 1) * (H - 1) / 2", "q = (grid[..., 1] + 1) * (W - 1) / 2"),
    hint="x runs along the width. By how many pixels does p move when x goes from -1 to 1?",
)
sample.misconception(
    "mean-of-the-neighbours",
    replace="weight = (1 - np.abs(q - i)) * (1 - np.abs(p - j))",
    by="weight = np.full(p.shape, 0.25)",
    hint="Move the position a little. Does your value change?",
)
sample.misconception(
    "neighbours-by-rounding-up",
    replace=("for i in (top, top + 1)", "for j in (left, left + 1)"),
    by=("for i in (top, np.ceil(q).astype(int))", "for j in (left, np.ceil(p).astype(int))"),
    hint="On a pixel, rounding down and rounding up give the same. What do your weights add up"
    " to there?",
).also(
    replace=(
        "for i in (top, top + 1)",
        "for j in (left, left + 1)",
        "weight = (1 - np.abs(q - i)) * (1 - np.abs(p - j))",
    ),
    by=(
        "for i, ahead in ((top, np.ceil(q) - q), (np.ceil(q).astype(int), q - top))",
        "for j, aside in ((left, np.ceil(p) - p), (np.ceil(p).astype(int), p - left))",
        "weight = ahead * aside",
    ),
)
sample.misconception(
    "opposite-weights",
    replace="weight = (1 - np.abs(q - i)) * (1 - np.abs(p - j))",
    by="weight = np.abs(q - i) * np.abs(p - j)",
    hint="A position right beside a pixel: should that pixel weigh much or little?",
)
sample.misconception(
    "cut-off-towards-zero",
    replace="np.floor(p).astype(int), np.floor(q).astype(int)",
    by="p.astype(int), q.astype(int)",
    hint="What is int(-0.3)? And which pixel lies to the left of -0.3?",
)
sample.misconception(
    "border-dropped",
    replace=INSIDE,
    by="weight *= (top >= 0) & (top < H - 1) & (left >= 0) & (left < W - 1)",
    hint="One neighbour is missing beyond the border. Do the others still count? What do you read"
    " at x = 1 exactly?",
)
sample.misconception(
    "outside-is-all-or-nothing",
    replace=INSIDE,
    by=f"{INSIDE} & (np.abs(grid) <= 1).all(axis=-1)",
    hint="A position lies half a pixel outside. Which of its four neighbours still exist, and do"
    " they count?",
)
sample.misconception(
    "border-repeated",
    replace=INSIDE,
    by="weight *= 1",
    convention='PyTorch\'s padding_mode="border"',
    hint="What is the value of a pixel that does not exist: zero, or its nearest neighbour's?",
)
sample.misconception(
    "negative-index-wraps",
    replace=(INSIDE, "i.clip(0, H - 1), j.clip(0, W - 1)"),
    by=(
        "weight *= (i >= -H) & (i < H) & (j >= -W) & (j < W)",
        "i.clip(-H, H - 1), j.clip(-W, W - 1)",
    ),
    hint="What does NumPy give for image[..., -1]: a zero, or the last column?",
)
sample.misconception(
    "weights-renormalised",
    replace=(
        "values = np.zeros((*grid.shape[:3], C), dtype=image.dtype)",
        "values += weight[..., None] * pixel",
        "return values.transpose(0, 3, 1, 2)",
    ),
    by=(
        "values, total = np.zeros((*grid.shape[:3], C), dtype=image.dtype), 1e-12",
        "values += weight[..., None] * pixel\n            total = total + weight",
        "return (values / total[..., None]).astype(image.dtype).transpose(0, 3, 1, 2)",
    ),
    hint="Outside pixels count as zero: they take part with their weight. Does your image fade at"
    " the border?",
)
sample.misconception(
    "nearest-pixel",
    replace="weight = (1 - np.abs(q - i)) * (1 - np.abs(p - j))",
    by="weight = ((np.rint(q) == i) & (np.rint(p) == j)).astype(float)",
    convention="nearest-neighbour sampling",
    hint="Move the position a little. Does your value change?",
)

# --- nearest_sample ----------------------------------------------------------------------------

nearest = Exercise("nearest_sample", points=3)


@nearest.check(weight=2, exact=True)
def nearest_inside(rng):
    """Reads the nearest pixel, in images that are not square."""
    yield pixels(rng, 1, 1, 3, 6), positions(rng, (1, 2, 4), 3, 6)
    yield pixels(rng, 2, 2, 5, 4), positions(rng, (2, 3, 2), 5, 4)


@nearest.check(weight=1, exact=True, needs=nearest_inside)
def nearest_outside(rng):
    """Is zero where the nearest place is no pixel, half a pixel beyond the border."""
    spots = np.array([[[[1.2, 0.0], [1.3, 0.0], [-1.2, -1.2], [0.0, -1.3], [-1.3, 2.0]]]])
    yield pixels(rng, 1, 1, 5, 5) + 6, spots
    yield pixels(rng, 1, 2, 4, 3), positions(rng, (1, 4, 3), 4, 3, beyond=2)


@nearest.check(weight=1, exact=True)
def half_way(rng):
    """Half way between two pixels it takes the even index."""
    x = np.arange(-5, 6, 2) / 4
    yield np.arange(1.0, 26.0).reshape(1, 1, 5, 5), np.stack(np.meshgrid(x, x), axis=-1)[None]


@nearest.check(weight=1, hidden=True, dtype=True, exact=True)
def float32_nearest(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    image = pixels(rng, 1, 3, 5, 6, dtype=np.float32)
    yield spread(image), positions(rng, (1, 4, 2), 5, 6, 1, np.float32)
    yield np.asfortranarray(pixels(rng, 2, 2, 4, 3)), spread(positions(rng, (2, 3, 4), 4, 3, 1))
    yield pixels(rng, 1, 2, 1, 4), positions(rng, (1, 3, 4), 1, 4, 2)
    yield pixels(rng, 1, 1, 4, 1), positions(rng, (1, 3, 4), 4, 1, 2)


NEAREST = (
    "j = np.rint((grid[..., 0] + 1) * (W - 1) / 2).astype(int)",
    "i = np.rint((grid[..., 1] + 1) * (H - 1) / 2).astype(int)",
)
nearest.misconception(
    "xy-swapped",
    replace=("j = np.rint((grid[..., 0]", "i = np.rint((grid[..., 1]"),
    by=("j = np.rint((grid[..., 1]", "i = np.rint((grid[..., 0]"),
    hint="grid[..., 0] is x. Does x move along the rows or along the columns?",
)
nearest.misconception(
    "cut-off",
    replace=NEAREST,
    by=(
        "j = ((grid[..., 0] + 1) * (W - 1) / 2).astype(int)",
        "i = ((grid[..., 1] + 1) * (H - 1) / 2).astype(int)",
    ),
    hint="Which pixel is nearest to 2.9? Which one does int give?",
)
nearest.misconception(
    "rounded-down",
    replace=NEAREST,
    by=(
        "j = np.floor((grid[..., 0] + 1) * (W - 1) / 2).astype(int)",
        "i = np.floor((grid[..., 1] + 1) * (H - 1) / 2).astype(int)",
    ),
    hint="Which pixel is nearest to 2.9?",
)
nearest.misconception(
    "half-rounds-up",
    replace=NEAREST,
    by=(
        "j = np.floor((grid[..., 0] + 1) * (W - 1) / 2 + 0.5).astype(int)",
        "i = np.floor((grid[..., 1] + 1) * (H - 1) / 2 + 0.5).astype(int)",
    ),
    convention="rounding half up; here half goes to the even index, as np.rint and PyTorch do",
    hint="Which of its two neighbours does the docstring give a position half way to?",
)
nearest.misconception(
    "border-repeated",
    replace="np.where(inside[..., None], pixel, 0)",
    by="pixel",
    convention='PyTorch\'s padding_mode="border"',
    hint="What is the value of a pixel that does not exist?",
)
nearest.misconception(
    "half-pixel-corners",
    replace=NEAREST,
    by=(
        "j = np.rint(((grid[..., 0] + 1) * W - 1) / 2).astype(int)",
        "i = np.rint(((grid[..., 1] + 1) * H - 1) / 2).astype(int)",
    ),
    convention="PyTorch's align_corners=False",
    hint="At which pixel coordinate is x = -1: at 0 or at -0.5?",
)
nearest.misconception(
    "outside-from-one-on",
    replace="inside = (i >= 0) & (i < H) & (j >= 0) & (j < W)",
    by="inside = np.all(np.abs(grid) <= 1, axis=-1)",
    hint="x = 1.2 on five columns is column 4.4. Which pixel is nearest, and does it exist?",
)
nearest.misconception(
    "one-pixel-too-many",
    replace=NEAREST,
    by=(
        "j = np.rint((grid[..., 0] + 1) * W / 2).astype(int)",
        "i = np.rint((grid[..., 1] + 1) * H / 2).astype(int)",
    ),
    hint="Five columns have the indices 0 to 4. Which one is x = 1?",
).also(
    replace=NEAREST,
    by=(
        "j = np.floor((grid[..., 0] + 1) * W / 2).astype(int)",
        "i = np.floor((grid[..., 1] + 1) * H / 2).astype(int)",
    ),
)
nearest.misconception(
    "negative-index-wraps",
    replace=(
        "inside = (i >= 0) & (i < H) & (j >= 0) & (j < W)",
        "i.clip(0, H - 1), j.clip(0, W - 1)",
    ),
    by=(
        "inside = (i >= -H) & (i < H) & (j >= -W) & (j < W)",
        "i.clip(-H, H - 1), j.clip(-W, W - 1)",
    ),
    hint="What does NumPy give for image[..., -1]: a zero, or the last column?",
)
nearest.misconception(
    "sizes-exchanged",
    replace=NEAREST,
    by=(
        "j = np.rint((grid[..., 0] + 1) * (H - 1) / 2).astype(int)",
        "i = np.rint((grid[..., 1] + 1) * (W - 1) / 2).astype(int)",
    ),
    hint="x runs along the width. By how many pixels does its column move when x goes from -1 to"
    " 1?",
)

# --- bilinear_sample_backward ------------------------------------------------------------------


def sampled(rng, image_shape, out_shape, beyond=0, dtype=np.float64):
    """Arguments of the backward that fit together."""
    n, c, h, w = image_shape
    dv = pixels(rng, n, c, *out_shape, dtype=dtype)
    spots = positions(rng, (n, *out_shape), h, w, beyond, dtype)
    return dv, pixels(rng, *image_shape, dtype=dtype), spots


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


@back.check(weight=1, needs=(image_gradient, position_gradient))
def beyond_the_border(rng):
    """Outside neighbours count as zeros in both gradients."""
    yield sampled(rng, (1, 2, 4, 3), (3, 4), beyond=2)


@back.check(weight=1, hidden=True)
def one_pixel_wide(rng):
    """An axis of one pixel has no gradient along it."""
    yield sampled(rng, (1, 2, 1, 4), (2, 3), beyond=1)
    yield sampled(rng, (2, 1, 3, 1), (3, 2), beyond=1)


@back.check(weight=1, hidden=True, dtype=True)
def float32_gradients(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    dv, image, spots = sampled(rng, (1, 3, 4, 5), (3, 2), 1, np.float32)
    yield spread(dv), np.asfortranarray(image), spread(spots)
    dv, image, spots = sampled(rng, (2, 2, 5, 3), (2, 4), 1)
    yield np.asfortranarray(dv), spread(image), np.asfortranarray(spots)


back.misconception(
    "pixel-units",
    replace=("near_q * (W - 1) / 2", "near_p * (H - 1) / 2"),
    by=("near_q", "near_p"),
    hint="You have the derivative with respect to the pixel coordinate p. How fast does p change"
    " with x?",
)
back.misconception(
    "scale-of-w",
    replace=("near_q * (W - 1) / 2", "near_p * (H - 1) / 2"),
    by=("near_q * W / 2", "near_p * H / 2"),
    hint="How many steps are there between the first of five pixels and the last?",
)
back.misconception(
    "divided-by-the-scale",
    replace=("near_q * (W - 1) / 2", "near_p * (H - 1) / 2"),
    by=("near_q * 2 / max(W - 1, 1)", "near_p * 2 / max(H - 1, 1)"),
    hint="A small step in x is a large one in pixels. Is the gradient by x the larger one or the"
    " smaller one?",
)
back.misconception(
    "half-forgotten",
    replace=("near_q * (W - 1) / 2", "near_p * (H - 1) / 2"),
    by=("near_q * (W - 1)", "near_p * (H - 1)"),
    hint="x goes from -1 to 1 while p goes through the image. How fast does p change with x?",
)
back.misconception(
    "scales-exchanged",
    replace=("near_q * (W - 1) / 2", "near_p * (H - 1) / 2"),
    by=("near_q * (H - 1) / 2", "near_p * (W - 1) / 2"),
    hint="x runs along the width. By how many pixels does p move when x goes from -1 to 1?",
)
back.misconception(
    "half-pixel-corners",
    replace=(P, Q, "near_q * (W - 1) / 2", "near_p * (H - 1) / 2"),
    by=(
        "p = ((grid[..., 0] + 1) * W - 1) / 2",
        "q = ((grid[..., 1] + 1) * H - 1) / 2",
        "near_q * W / 2",
        "near_p * H / 2",
    ),
    convention="PyTorch's align_corners=False",
    hint="At which pixel coordinate is x = -1: at 0 or at -0.5?",
)
back.misconception(
    "readers-lost",
    replace="np.add.at(dimage, (batch, slice(None), row, column), (weight * dv).astype(dv.dtype))",
    by="dimage[batch, :, row, column] += (weight * dv).astype(dv.dtype)",
    hint="Two output pixels read the same input pixel. What does NumPy's += do with an index that"
    " occurs twice?",
)
back.misconception(
    "channels-averaged",
    replace="np.sum(dv * image[batch, :, row, column], axis=-1)",
    by="np.mean(dv * image[batch, :, row, column], axis=-1)",
    hint="One position serves all channels. Do their pulls add up or average?",
)
back.misconception(
    "wrong-sign",
    replace=("((top, -1), (top + 1, 1))", "((left, -1), (left + 1, 1))"),
    by=("((top, 1), (top + 1, -1))", "((left, 1), (left + 1, -1))"),
    hint="Move to the right. Does the right neighbour's weight rise or fall?",
)
back.misconception(
    "x-and-y-swapped",
    replace=("dgrid[..., 0] += right", "dgrid[..., 1] += below"),
    by=("dgrid[..., 1] += right", "dgrid[..., 0] += below"),
    hint="dgrid[..., 0] belongs to x. Which neighbours' difference is it?",
)
back.misconception(
    "own-weight-kept",
    replace=("right * pull * near_q", "below * pull * near_p"),
    by=("right * pull * near_q * near_p", "below * pull * near_q * near_p"),
    hint="Differentiate (1 - |q - i|)(1 - |p - j|) with respect to p. Which factor is left?",
)
back.misconception(
    "other-factor",
    replace=("right * pull * near_q", "below * pull * near_p"),
    by=("right * pull * near_p", "below * pull * near_q"),
    hint="Differentiate (1 - |q - i|)(1 - |p - j|) with respect to p. Which factor is left?",
)
back.misconception(
    "border-repeated",
    replace=(
        "weight = (inside * near_q * near_p)[..., None]",
        "pull = inside * np.sum(",
    ),
    by=("weight = (near_q * near_p)[..., None]", "pull = np.sum("),
    convention='PyTorch\'s padding_mode="border"',
    hint="A neighbour outside is a zero, not a copy of the border pixel. What does it get, and what"
    " does it pull?",
)
back.misconception(
    "image-not-in-the-position",
    replace="np.sum(dv * image[batch, :, row, column], axis=-1)",
    by="np.sum(dv, axis=-1)",
    hint="Is there a pull where all four pixels are equal? Which numbers' difference drives it?",
)
back.misconception(
    "loss-not-in-the-position",
    replace="np.sum(dv * image[batch, :, row, column], axis=-1)",
    by="np.sum(image[batch, :, row, column], axis=-1)",
    hint="Double dv. What should happen to the gradient by the positions?",
)
back.misconception(
    "nearest-reader-only",
    replace="weight = (inside * near_q * near_p)[..., None]",
    by="weight = (inside * (near_q >= 0.5) * (near_p >= 0.5))[..., None]",
    hint="How many pixels had a share in one value? Which of them get a gradient in your code?",
)
back.misconception(
    "gradients-exchanged",
    replace="return dimage, dgrid",
    by="return dgrid, dimage",
    hint="In which order does the docstring ask for the two gradients?",
)

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


@grid_back.check(hidden=True, dtype=True)
def float32_pulls(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield spread(pixels(rng, 3, 4, 6, 2, dtype=np.float32))
    yield pixels(rng, 2, 2, 3, 5).transpose(0, 2, 3, 1)
    yield pixels(rng, 1, 1, 1, 2)


@grid_back.check(hidden=True, observe="linear", atol=1e-9)
def linear_in_the_pulls(rng):
    """It is linear."""
    yield pixels(rng, 2, 3, 4, 2), pixels(rng, 2, 3, 4, 2), 2.0, -3.0


EINSUM = 'return np.einsum("nrsk,rsj->nkj", dgrid, target)'
grid_back.misconception(
    "averaged",
    replace=EINSUM,
    by='return np.einsum("nrsk,rsj->nkj", dgrid, target) / (R * S)',
    hint="theta moves every position. Do their gradients add up or average?",
)
grid_back.misconception(
    "y-before-x",
    replace=EINSUM,
    by='return np.einsum("nrsk,rsj->nkj", dgrid[..., ::-1], target)',
    hint="theta's first row makes x. Which part of dgrid belongs to it?",
)
grid_back.misconception(
    "rows-take-x",
    replace=("target[..., 0] = x", "target[..., 1] = y[:, None]"),
    by=("target[..., 0] = y[:, None]", "target[..., 1] = x"),
    hint="Which target coordinate changes along a row?",
)
grid_back.misconception(
    "single-pixel-at-the-left",
    replace=(" if S > 1 else np.zeros(1)", " if R > 1 else np.zeros(1)"),
    by=("", ""),
    hint="np.linspace(-1, 1, 1) is [-1]. Where does an axis of a single pixel lie?",
)
grid_back.misconception(
    "translation-forgotten",
    replace="target = np.ones((R, S, 3), dtype=dgrid.dtype)",
    by="target = np.zeros((R, S, 3), dtype=dgrid.dtype)",
    hint="theta's last column meets a 1. What is its gradient if every position pulls by 0.5?",
)
grid_back.misconception(
    "summed-over-the-batch",
    replace=EINSUM,
    by='return np.tile(np.einsum("nrsk,rsj->kj", dgrid, target), (len(dgrid), 1, 1))',
    hint="Every image has a theta of its own. How many matrices must come out?",
)
grid_back.misconception(
    "averaged-over-the-batch",
    replace=EINSUM,
    by=f"{EINSUM} / len(dgrid)",
    hint="Who divides by the batch size here: you, or the loss that made dgrid?",
)
grid_back.misconception(
    "gradient-transposed",
    replace=EINSUM,
    by='return np.einsum("nrsk,rsj->njk", dgrid, target)',
    hint="A gradient has the shape of what it belongs to. Which shape has theta?",
)
grid_back.misconception(
    "positions-forgotten",
    replace=("target[..., 0] = x", "target[..., 1] = y[:, None]"),
    by=("target[..., 0] = 1", "target[..., 1] = 1"),
    hint="theta's first column met x. What is its gradient where x is 0?",
)
grid_back.misconception(
    "half-pixel-corners",
    replace=("np.linspace(-1, 1, S)", "np.linspace(-1, 1, R)"),
    by=("np.linspace(1 / S - 1, 1 - 1 / S, S)", "np.linspace(1 / R - 1, 1 - 1 / R, R)"),
    convention="PyTorch's align_corners=False",
    hint="Where is -1: at the centre of the first pixel, or at its outer edge?",
)

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


@start.check(hidden=True)
def any_width(rng):
    """The weights are zero, one row per output, for any number of inputs."""
    yield (int(rng.integers(2, 30)),)
    yield Case(hidden=int(rng.integers(2, 30)))


start.misconception(
    "all-zeros",
    replace="np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])",
    by="np.zeros(6)",
    hint="With theta all zero, where does every output pixel read?",
)
start.misconception(
    "column-by-column",
    replace="[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]",
    by="[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]",
    hint="Write the six numbers into two rows of three. Are the ones on the diagonal?",
)
start.misconception(
    "inputs-first",
    replace="np.zeros((6, hidden))",
    by="np.zeros((hidden, 6))",
    hint="Weights are (out, in). How many outputs has the layer?",
)
start.misconception(
    "identity-weights",
    replace="np.zeros((6, hidden))",
    by="np.eye(6, hidden)",
    hint="The first theta must not depend on the image. Which weights make sure of that?",
)
start.misconception(
    "ones-for-the-shift-too",
    replace="[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]",
    by="[1.0, 0.0, 1.0, 0.0, 1.0, 1.0]",
    hint="By how much does the identity move a picture?",
)
start.misconception(
    "all-ones",
    replace="np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])",
    by="np.ones(6)",
    hint="Write the six numbers into two rows of three. Is that the identity?",
)
start.misconception(
    "biases-as-theta",
    replace="np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])",
    by="np.eye(2, 3)",
    hint="Which shape has the bias of a layer with six outputs?",
)
start.misconception(
    "biases-first",
    replace="return np.zeros((6, hidden)), np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])",
    by="return np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]), np.zeros((6, hidden))",
    hint="In which order are weights and biases asked for?",
)

look = Exercise("localisation_forward", points=2)


def net(rng, inputs, hidden, dtype=np.float64):
    """Weights and biases of a localisation net."""
    shapes = (hidden, inputs), (hidden,), (6, hidden), (6,)
    return tuple(pixels(rng, *shape, dtype=dtype) / 4 for shape in shapes)


@look.check(weight=2)
def regresses_theta(rng):
    """Flattens, applies both layers and lays the six numbers out row by row."""
    yield pixels(rng, 2, 2, 2, 3), *net(rng, 12, 4)
    yield pixels(rng, 3, 1, 3, 2), *net(rng, 6, 7)


@look.check()
def starts_from_the_identity(rng):
    """With zero weights at the end theta is the bias, whatever the image."""
    w1, b1, w2, _ = net(rng, 6, 3)
    yield pixels(rng, 2, 1, 2, 3), w1, b1, 0 * w2, np.array([1.0, 0, 0, 0, 1, 0])


@look.check(hidden=True, dtype=True)
def float32_theta(rng):
    """Keeps float32, and takes a batch of one and arrays of any memory layout."""
    yield spread(pixels(rng, 1, 3, 2, 4, dtype=np.float32)), *net(rng, 24, 5, np.float32)
    w1, b1, w2, b2 = net(rng, 12, 4)
    yield np.asfortranarray(pixels(rng, 3, 2, 3, 2)), spread(w1), b1, np.asfortranarray(w2), b2


look.misconception(
    "no-relu",
    replace="np.maximum(image.reshape(len(image), -1) @ w1.T + b1, 0)",
    by="image.reshape(len(image), -1) @ w1.T + b1",
    hint="Two linear layers without anything between are one linear layer. What stands between?",
)
look.misconception(
    "relu-at-the-end-too",
    replace="return (hidden @ w2.T + b2).reshape(-1, 2, 3)",
    by="return np.maximum(hidden @ w2.T + b2, 0).reshape(-1, 2, 3)",
    hint="May theta be negative? A turn needs it.",
)
look.misconception(
    "column-by-column",
    replace="(hidden @ w2.T + b2).reshape(-1, 2, 3)",
    by="(hidden @ w2.T + b2).reshape(-1, 3, 2).swapaxes(1, 2)",
    hint="The bias (1, 0, 0, 0, 1, 0) must give the identity. Does it?",
).also(
    replace="(hidden @ w2.T + b2).reshape(-1, 2, 3)", by="(hidden @ w2.T + b2).reshape(-1, 3, 2)"
)
look.misconception(
    "identity-added",
    replace="(hidden @ w2.T + b2).reshape(-1, 2, 3)",
    by="(hidden @ w2.T + b2).reshape(-1, 2, 3) + np.eye(2, 3, dtype=image.dtype)",
    convention="a residual parametrisation, theta = identity + output",
    hint="Where does the identity come from: from the bias, or from you once more?",
)
look.misconception(
    "squashed",
    replace="(hidden @ w2.T + b2).reshape(-1, 2, 3)",
    by="np.tanh(hidden @ w2.T + b2).reshape(-1, 2, 3)",
    convention="a tanh at the end, as some keep theta bounded",
    hint="The last layer is linear. May theta exceed 1, to see the picture smaller?",
)
look.misconception(
    "bias-forgotten",
    replace="(hidden @ w2.T + b2)",
    by="(hidden @ w2.T)",
    hint="With zero weights, what is left of the layer?",
)
look.misconception(
    "channels-last",
    replace="image.reshape(len(image), -1)",
    by="image.transpose(0, 2, 3, 1).reshape(len(image), -1)",
    convention="the layout of TensorFlow and Keras, (N, H, W, C), flattened",
    hint="In which order do the pixels of an array (C, H, W) lie one after the other?",
).also(
    replace="image.reshape(len(image), -1)",
    by="image.transpose(0, 1, 3, 2).reshape(len(image), -1)",
)
look.misconception(
    "first-bias-forgotten",
    replace=" @ w1.T + b1",
    by=" @ w1.T",
    hint="Show the net a black image. Can its hidden units answer?",
)
look.misconception(
    "tanh-between-the-layers",
    replace="np.maximum(image.reshape(len(image), -1) @ w1.T + b1, 0)",
    by="np.tanh(image.reshape(len(image), -1) @ w1.T + b1)",
    hint="Which activation is asked between the two layers?",
)
look.misconception(
    "relu-before-the-bias",
    replace="np.maximum(image.reshape(len(image), -1) @ w1.T + b1, 0)",
    by="np.maximum(image.reshape(len(image), -1) @ w1.T, 0) + b1",
    hint="At which moment does the bias join the sum?",
)


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
    a slope towards it from further off (also less aliasing, as 10 x 10 positions skip pixels of a
    16 x 16 frame). Half: only "zero gradient outside".
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
