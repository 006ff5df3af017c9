"""How the chapter on loss landscapes is judged."""

import numpy as np

from autograder.observe import function
from autograder.spec import Case, Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


def away(rng, *shape):
    """Return numbers of either sign that are not small."""
    return rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)


def waves(rng, d):
    """Return a bowl with waves on it, and its gradient."""
    parts = np.diag(rng.uniform(0.2, 0.6, d)), away(rng, 3, d), rng.uniform(0.5, 1.5, 3)
    return function("waves", *parts), function("waves_gradient", *parts)


def turned(rng, values):
    """Return a symmetric matrix with these eigenvalues and no axis among its eigenvectors."""
    d = len(values)
    if d == 1:
        return np.diag(values)
    while True:
        q = np.linalg.qr(normal(rng, d, d))[0]
        if np.abs(q).min() > 0.08:
            matrix = q @ np.diag(values) @ q.T
            return (matrix + matrix.T) / 2


def bowl(rng, d, name="quadratic"):
    """Return a tilted bowl, or its gradient."""
    return function(name, turned(rng, rng.uniform(0.5, 3.0, d)), normal(rng, d))


# --- convexity_violation --------------------------------------------------------------------------

convexity_violation = Exercise("convexity_violation", points=2)
WELL, WELL_GRADIENT = function("double_well"), function("double_well_gradient")


@convexity_violation.check()
def worked_chords(rng):
    """Gives -1.3594 and 0.1406 in the worked example."""
    yield WELL, np.array([0.0]), np.array([2.0]), np.array([0.25])
    yield WELL, np.array([-1.0]), np.array([1.0]), np.array([0.25])


@convexity_violation.check(weight=2)
def along_a_chord(rng):
    """Compares f with its chord at several shares of the way, above it and below it."""
    f, _ = waves(rng, 3)
    yield f, normal(rng, 3), normal(rng, 3) + 2.0, np.array([0.1, 0.3, 0.75])
    yield bowl(rng, 2), away(rng, 2), away(rng, 2) + 3.0, np.array([0.2, 0.6])
    yield WELL, np.array([-1.0, 1.2]), np.array([0.9, -1.0]), np.array([0.2, 0.45, 0.7, 0.9])


@convexity_violation.check(atol=1e-9)
def at_the_ends(rng):
    """Is zero at both ends, and everywhere if f is a plane."""
    f, _ = waves(rng, 2)
    yield f, normal(rng, 2), normal(rng, 2), np.array([0.0, 1.0])
    plane = function("linear", away(rng, 3))
    yield plane, normal(rng, 3), normal(rng, 3), np.array([0.3, 0.8])


@convexity_violation.check(weight=2, hidden=True, notices=("negative-is-no-violation",))
def any_function(rng):
    """Is right for any function, points and shares."""
    f = function("rosenbrock")
    yield f, normal(rng, 2), normal(rng, 2) + 1.0, np.array([0.15, 0.5, 0.8])
    yield function("sine", away(rng, 4)), normal(rng, 4), normal(rng, 4), rng.uniform(0.1, 0.4, 5)
    yield WELL, away(rng, 1), 2.0 + away(rng, 1), np.array([0.35])


convexity_violation.in_other_dress(along_a_chord, keeps=False)


def only_whether(f, x, y, alpha):
    return np.array([f(a * x + (1 - a) * y) > a * f(x) + (1 - a) * f(y) for a in alpha])


def largest_only(f, x, y, alpha):
    ends = f(x), f(y)
    return max(f(a * x + (1 - a) * y) - a * ends[0] - (1 - a) * ends[1] for a in alpha)


def share_of_the_chord(f, x, y, alpha):
    chord = np.array([a * f(x) + (1 - a) * f(y) for a in alpha])
    curve = np.array([f(a * x + (1 - a) * y) for a in alpha])
    return (curve - chord) / np.maximum(np.abs(chord), 1e-12)


# --- refute_convex_program ------------------------------------------------------------------------

refute = Exercise("refute_convex_program", points=4)
SHARES = np.array([0.2, 0.5, 0.7])


def hill(rng, d):
    """Return a hill: a function that is concave."""
    return function("quadratic", -turned(rng, rng.uniform(0.5, 2.0, d)), normal(rng, d))


def samples(rng, n, d):
    """Return sample points, none of them near another."""
    return 1.5 * normal(rng, n, d) + 3.0 * np.arange(n)[:, np.newaxis] * (-1.0) ** np.arange(d)


def triangles(rng):
    """Return three points twice; the first and the second, or third, are apart most, by little."""
    points = np.array([[0.0, 0.0], [4.0, 0.0], [2.0, 3.0]]) + 0.3 * normal(rng, 2)
    return points, points[[0, 2, 1]]


def dome(rng):
    """Return a round hill: its violations grow with the distance, whatever the direction."""
    return function("quadratic", -rng.uniform(0.5, 2.0) * np.eye(2), normal(rng, 2))


def program(objective, inequalities, equalities, points, alpha=SHARES):
    """Measure a program at the points and between them."""
    functions = [objective, *inequalities, *equalities]
    between = np.full((len(functions), len(points), len(points), len(alpha)), np.nan)
    for j in range(len(points)):
        for i in range(j):
            ways = [a * points[i] + (1 - a) * points[j] for a in alpha]
            between[:, i, j] = [[f(x) for x in ways] for f in functions]
    heights = np.array([[f(x) for x in points] for f in functions], float)
    return heights, between, len(equalities), alpha


@refute.check()
def worked_program(rng):
    """Gives (1, 0, 1, 0.5) for the inequality and for the equality of the worked example."""
    square, points = function("quadratic", np.array([[2.0]]), np.zeros(1)), np.array([-1.0, 1.0, 0])
    shares = np.array([0.25, 0.5])
    yield program(square, [WELL], [], points[:, np.newaxis], shares)
    yield program(square, [], [square], points[:, np.newaxis], shares)


@refute.check(weight=2)
def guilty_functions(rng):
    """Names the first function that is refuted, and the evidence of its largest violation."""
    yield program(hill(rng, 2), [hill(rng, 2)], [], samples(rng, 4, 2))
    yield program(bowl(rng, 2), [hill(rng, 2)], [], samples(rng, 2, 2))
    deep = function("quadratic", 0.3 * np.eye(2), rng.uniform(-5.0, -3.0, 2))
    for points in triangles(rng):
        yield program(deep, [dome(rng)], [], points)
    bent = hill(rng, 2), hill(rng, 2)
    yield program(bowl(rng, 2), [bowl(rng, 2), bent[0]], [bent[1]], samples(rng, 5, 2))
    small = function("quadratic", -0.1 * np.eye(2), normal(rng, 2))
    large = function("quadratic", -5.0 * np.eye(2), normal(rng, 2))
    yield program(bowl(rng, 2), [small, large], [], samples(rng, 4, 2))
    yield program(bowl(rng, 2), [large, small], [], samples(rng, 4, 2))
    points = np.array([[-1.1 - rng.uniform(0.0, 0.1)], [1.0], [0.9]])
    yield program(bowl(rng, 1), [WELL], [], points, np.array([0.4, 0.62]))


@refute.check(weight=2)
def curved_equalities(rng):
    """Accepts planes as equalities, and nothing else: neither bowls nor hills."""
    plane = function("linear", away(rng, 2))
    yield program(bowl(rng, 2), [], [plane, bowl(rng, 2)], samples(rng, 4, 2))
    yield program(plane, [bowl(rng, 2)], [plane, hill(rng, 2)], samples(rng, 4, 2))
    for points in triangles(rng):
        yield program(plane, [], [dome(rng)], points)


@refute.check(exact=True)
def no_evidence(rng):
    """Returns None where nothing is refuted, where violations are small, or points are few."""
    plane = function("linear", np.array([1.5, -0.7]))
    yield program(bowl(rng, 2), [bowl(rng, 2), plane], [plane], samples(rng, 4, 2))
    small = function("quadratic", -1e-3 * np.eye(2), np.zeros(2))
    near = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    yield *program(bowl(rng, 2), [small], [], near), 0.01
    pair, middle = np.array([[-1.0], [1.0]]), np.array([0.5])
    yield *program(bowl(rng, 1), [WELL], [], pair, middle), 0.25
    yield program(hill(rng, 2), [], [], samples(rng, 1, 2))


@refute.check(weight=2, hidden=True)
def any_program(rng):
    """Judges any program on any samples."""
    plane = function("linear", away(rng, 3))
    bowls = bowl(rng, 3), bowl(rng, 3), bowl(rng, 3)
    yield program(bowls[0], [plane, bowls[1]], [plane, bowls[2]], samples(rng, 5, 3))
    yield program(bowls[0], [hill(rng, 3), bowls[1]], [plane], samples(rng, 4, 3))
    yield program(hill(rng, 2), [hill(rng, 2)], [], samples(rng, 4, 2))
    slight, strong = (function("quadratic", -c * np.eye(2), normal(rng, 2)) for c in (0.1, 5.0))
    yield program(bowl(rng, 2), [slight, strong], [], samples(rng, 4, 2))
    yield program(plane, [plane], [plane], samples(rng, 4, 3))
    for points in triangles(rng):
        yield program(dome(rng), [], [], points)


refute.in_other_dress(guilty_functions, keeps=False)


def _table(number, heights, between, alpha):
    """Yield (violation, i, j, share) of a function for every pair and share, in order."""
    at, way = heights[number], between[number]
    for i in range(len(at)):
        for j in range(i + 1, len(at)):
            for k, a in enumerate(alpha):
                yield way[i, j, k] - a * at[i] - (1 - a) * at[j], i, j, float(a)


def _worst(table, size, tol):
    """Return the evidence of the largest size of violation above tol, or None."""
    worst, found = tol, None
    for v, *evidence in table:
        if size(v) > worst:
            worst, found = size(v), tuple(evidence)
    return found


def _guilty(heights, between, equalities, alpha, tol, first=float, later=abs, order=None):
    one_sided = len(heights) - equalities
    for number in range(len(heights)) if order is None else order:
        size = first if number < one_sided else later
        found = _worst(_table(number, heights, between, alpha), size, tol)
        if found is not None:
            return (number, *found)
    return None


def convex_equalities_pass(heights, between, equalities, alpha, tol=1e-9):
    return _guilty(heights, between, 0, alpha, tol)


def concave_equalities_pass(heights, between, equalities, alpha, tol=1e-9):
    return _guilty(heights, between, equalities, alpha, tol, later=lambda v: -v)


def equalities_not_looked_at(heights, between, equalities, alpha, tol=1e-9):
    order = range(len(heights) - equalities)
    return _guilty(heights, between, equalities, alpha, tol, order=order)


def jensen_reversed(heights, between, equalities, alpha, tol=1e-9):
    return _guilty(heights, between, equalities, alpha, tol, first=lambda v: -v)


def every_bend_is_guilty(heights, between, equalities, alpha, tol=1e-9):
    return _guilty(heights, between, equalities, alpha, tol, first=abs)


def objective_alone(heights, between, equalities, alpha, tol=1e-9):
    return _guilty(heights, between, equalities, alpha, tol, order=[0])


def objective_last(heights, between, equalities, alpha, tol=1e-9):
    order = [*range(1, len(heights)), 0]
    return _guilty(heights, between, equalities, alpha, tol, order=order)


def last_guilty_function(heights, between, equalities, alpha, tol=1e-9):
    order = range(len(heights))[::-1]
    return _guilty(heights, between, equalities, alpha, tol, order=order)


def first_pair_found(heights, between, equalities, alpha, tol=1e-9):
    for number in range(len(heights)):
        for v, *evidence in _table(number, heights, between, alpha):
            if (abs(v) if number >= len(heights) - equalities else v) > tol:
                return (number, *evidence)
    return None


def first_pair_with_its_worst_share(heights, between, equalities, alpha, tol=1e-9):
    for number in range(len(heights)):
        size = abs if number >= len(heights) - equalities else float
        table = list(_table(number, heights, between, alpha))
        for start in range(0, len(table), len(alpha)):
            found = _worst(table[start : start + len(alpha)], size, tol)
            if found is not None:
                return (number, *found)
    return None


def highest_above_the_chord(heights, between, equalities, alpha, tol=1e-9):
    """Find an equality guilty on either side, and take the evidence from above."""
    for number in range(len(heights)):
        size = abs if number >= len(heights) - equalities else float
        table = list(_table(number, heights, between, alpha))
        if _worst(table, size, tol) is not None:
            return (number, *_worst(table, float, -np.inf))
    return None


def worst_of_all_functions(heights, between, equalities, alpha, tol=1e-9):
    worst, found = tol, None
    for number in range(len(heights)):
        for v, *evidence in _table(number, heights, between, alpha):
            size = abs(v) if number >= len(heights) - equalities else v
            if size > worst:
                worst, found = size, (number, *evidence)
    return found


def neighbours_only(heights, between, equalities, alpha, tol=1e-9):
    for number in range(len(heights)):
        size = abs if number >= len(heights) - equalities else float
        table = (row for row in _table(number, heights, between, alpha) if row[2] == row[1] + 1)
        found = _worst(table, size, tol)
        if found is not None:
            return (number, *found)
    return None


def counted_from_the_constraints(heights, between, equalities, alpha, tol=1e-9):
    found = _guilty(heights, between, equalities, alpha, tol)
    return found if found is None else (found[0] - 1, *found[1:])


def unmeasured_taken_too(heights, between, equalities, alpha, tol=1e-9):
    """All pairs at once, with NaN where nothing was measured: argmax finds the first NaN."""
    chord = heights[:, :, None, None] * alpha + heights[:, None, :, None] * (1 - alpha)
    v = between - chord
    v[len(heights) - equalities :] = np.abs(v[len(heights) - equalities :])
    for number, table in enumerate(v):
        if np.nanmax(table, initial=-1.0) > tol:
            i, j, k = np.unravel_index(np.argmax(table), table.shape)
            return number, int(i), int(j), float(alpha[k])
    return None


# --- numerical_hessian ----------------------------------------------------------------------------

hessian = Exercise("numerical_hessian", points=3)
CLOSE = {"rtol": 1e-7}


@hessian.check(**CLOSE)
def worked_hessian(rng):
    """Gives 102 and 200 in the worked example, with nothing beside them."""
    yield function("rosenbrock_gradient"), np.zeros(2), 0.5


@hessian.check(weight=2, **CLOSE)
def far_nudges(rng):
    """Measures on both sides, also where the nudge is large and the ground bends unevenly."""
    for d in (2, 3):
        _, gradient = waves(rng, d)
        yield gradient, 2.5 * away(rng, d), rng.uniform(0.3, 0.5)


@hessian.check(weight=2, **CLOSE)
def near_nudges(rng):
    """Finds the Hessian of a bowl, and of curved ground with the nudge of 0.0001."""
    yield bowl(rng, 3, "quadratic_gradient"), normal(rng, 3)
    yield WELL_GRADIENT, away(rng, 2)
    _, gradient = waves(rng, 3)
    yield Case(gradient, normal(rng, 3), h=2e-4)


@hessian.check(weight=2, hidden=True, **CLOSE)
def any_ground(rng):
    """Is right on any ground, for any nudge, in one dimension too."""
    _, gradient = waves(rng, 4)
    yield gradient, normal(rng, 4), 0.25
    yield function("rosenbrock_gradient"), normal(rng, 3), 0.1
    yield WELL_GRADIENT, 2.2 * away(rng, 1), 0.5


@hessian.check(**CLOSE)
def any_layout(rng):
    """Takes points that do not lie side by side in memory."""
    _, gradient = waves(rng, 3)
    yield gradient, 2.2 * away(rng, 6)[::2], 0.3


def all_coordinates_at_once(gradient, x, h=1e-4):
    return np.diag((gradient(x + h) - gradient(x - h)) / (2 * h))


def outer_product(gradient, x, h=1e-4):
    return np.outer(gradient(x), gradient(x))


def nudge_relative_to_x(gradient, x, h=1e-4):
    steps = h * np.maximum(1.0, np.abs(x))
    raw = [(gradient(x + e) - gradient(x - e)) / (2 * e.sum()) for e in np.diag(steps)]
    return (np.array(raw) + np.transpose(raw)) / 2


def nudge_of_ones_own(gradient, x, h=1e-4):
    raw = [(gradient(x + e) - gradient(x - e)) / 2e-5 for e in 1e-5 * np.eye(len(x))]
    return (np.array(raw) + np.transpose(raw)) / 2


# --- classify_critical_point ----------------------------------------------------------------------

classify = Exercise("classify_critical_point", points=4)


def with_escape(rng, values, *, wrong_sign=True):
    """Return a matrix with these eigenvalues whose way down has one largest entry.

    Whether NumPy gives that way with the wrong sign is chosen. In three dimensions or more the
    first entry, and the sum of all, have another sign than the largest entry.
    """
    while True:
        matrix = turned(rng, values)
        v = np.linalg.eigh(matrix)[1][:, 0]
        v, top = v * np.sign(v[np.argmax(np.abs(v))]), v[np.argmax(np.abs(v))]
        sizes = np.sort(np.abs(v))
        clear = sizes[-1] > 1.2 * sizes[-2] and (top < 0) == wrong_sign
        if clear and (len(v) < 3 or (v[0] < 0 and np.sum(v) < -0.1)):
            return matrix


@classify.check()
def worked_places(rng):
    """Names the three places of the worked example, and the ways down."""
    yield np.diag([1.0, -2.0, -3.0])
    yield np.array([[2.0, 6.0], [6.0, 7.0]])
    yield np.diag([2.0, 0.0])


@classify.check(weight=2)
def minima_and_maxima(rng):
    """Tells a minimum from a maximum, which has ways down as well."""
    yield turned(rng, [0.4, 1.5, 3.0])
    yield with_escape(rng, [-3.0, -1.5, -0.4])
    yield with_escape(rng, [-2.0, -0.5], wrong_sign=False)


@classify.check(weight=2)
def saddles(rng):
    """Finds saddles whatever determinant and diagonal say, and the steepest way down."""
    yield with_escape(rng, [-2.0, -0.7, 1.5])
    yield with_escape(rng, [-1.0, 0.6, 4.0, 5.0])
    yield with_escape(rng, [-5.0, -3.0, 0.5, 1.0], wrong_sign=False)
    angle = rng.uniform(0.4, 0.7)  # the way down begins with its smaller entry, of the other sign
    turn = np.array([[-np.sin(angle), np.cos(angle)], [np.cos(angle), np.sin(angle)]])
    yield turn.T @ np.diag([-2.0, 0.5]) @ turn


@classify.check(weight=2, exact=True)
def zeros(rng):
    """Takes curvatures up to tol for zero; with mixed signs it is a saddle all the same."""
    yield np.diag([2.0, 0.0, -1.0])
    yield np.diag([-2.0, 0.0])
    yield np.diag([0.5, 0.001, 2.0]), 0.01
    yield np.diag([-0.001, 3.0]), 0.01
    yield np.diag([0.25, 1.0]), 0.25
    yield np.diag([1.0, -0.25, 3.0]), 0.25
    yield np.diag([0.25, -1.0]), 0.25
    yield np.zeros((2, 2))
    yield np.diag([1000.0, 0.05, 2.0]), 0.01
    yield np.diag([-0.05, 1000.0]), 0.01
    yield np.diag([1e-3, 5e-3]), 0.01


@classify.check(weight=2, hidden=True)
def any_place(rng):
    """Classifies any place."""
    yield with_escape(rng, [-1.5, 0.5, 1.0, 2.0]), 1e-3
    yield np.diag([1.5, -0.5, 0.0, 0.0]), 0.1
    yield np.array([[-2.0]])
    beside = 2.0 + rng.uniform(0.0, 0.5)
    yield np.array([[1.0, beside], [beside, 3.0]])
    yield turned(rng, [0.3, 0.8, 2.0, 4.0])


@classify.check(dtype=True)
def in_other_dress(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield with_escape(rng, [-2.0, 0.7, 1.5]).astype(np.float32), 1e-3
    yield turned(rng, [0.5, 2.0, 4.0]).astype(np.float32), 1e-3
    yield np.asfortranarray(with_escape(rng, [-3.0, -1.0])), 1e-3


def _escape(matrix, tol):
    values, vectors = np.linalg.eigh(matrix)
    v = vectors[:, 0] * np.sign(vectors[np.argmax(np.abs(vectors[:, 0])), 0])
    return values, v if values[0] < -tol else np.zeros_like(v)


def by_determinant(hessian, tol=1e-6):
    values, escape = _escape(hessian, tol)
    determinant = np.linalg.det(hessian)
    if np.abs(values).min() <= tol:
        return "degenerate", escape
    if determinant < 0:
        return "saddle", escape
    return "minimum" if hessian[0, 0] > 0 else "maximum", escape


def by_trace(hessian, tol=1e-6):
    _, escape = _escape(hessian, tol)
    trace = np.trace(hessian)
    if abs(trace) <= tol:
        return "degenerate", escape
    return "minimum" if trace > 0 else "maximum", escape


def by_diagonal(hessian, tol=1e-6):
    _, escape = _escape(hessian, tol)
    return _kind(np.diag(np.diag(hessian)), tol)[0], escape


def by_determinant_and_trace(hessian, tol=1e-6):
    _, escape = _escape(hessian, tol)
    determinant, trace = np.linalg.det(hessian), np.trace(hessian)
    if abs(determinant) <= tol:
        return "degenerate", escape
    if determinant < 0:
        return "saddle", escape
    return "minimum" if trace > 0 else "maximum", escape


def sign_as_it_comes(hessian, tol=1e-6):
    kind, _ = _kind(hessian, tol)
    values, vectors = np.linalg.eigh(hessian)
    return kind, vectors[:, 0] if values[0] < -tol else np.zeros_like(values)


def _kind(hessian, tol):
    values, escape = _escape(hessian, tol)
    if values[-1] > tol and values[0] < -tol:
        return "saddle", escape
    if np.any(np.abs(values) <= tol):
        return "degenerate", escape
    return "minimum" if values[0] > 0 else "maximum", escape


def flattest_direction(hessian, tol=1e-6):
    kind, escape = _kind(hessian, tol)
    values, vectors = np.linalg.eigh(hessian)
    if values[0] >= -tol:
        return kind, escape
    v = vectors[:, np.argmin(np.abs(values))]
    return kind, v * np.sign(v[np.argmax(np.abs(v))])


# --- top_curvature --------------------------------------------------------------------------------

top = Exercise("top_curvature", points=3)
NEAR = {"rtol": 1e-6, "atol": 1e-9}


@top.check(**NEAR)
def worked_iteration(rng):
    """Gives the directions and the curvatures -1, -2.6 and -2.951 of the worked example."""
    gradient = function("quadratic_gradient", np.diag([1.0, -3.0]), np.zeros(2))
    for steps in (0, 1, 2):
        yield gradient, np.array([0.3, 0.2]), np.array([1.0, 1.0]), steps


@top.check(weight=2, **NEAR)
def sharpest_direction(rng):
    """Turns towards the curvature of greatest magnitude, with its sign."""
    for values in ([0.5, 1.0, 3.0], [-4.0, 0.5, 2.0]):
        gradient = function("quadratic_gradient", turned(rng, values), away(rng, 3))
        v = away(rng, 3)
        for start in (2.0 * v, -v):
            yield gradient, normal(rng, 3), start, 3
        yield gradient, normal(rng, 3), away(rng, 3), 6
    gentle = function("quadratic_gradient", turned(rng, [0.1, 0.2, 0.5]), normal(rng, 3))
    yield gentle, normal(rng, 3), away(rng, 3), 3


@top.check(weight=2, notices=("turned-to-one-side",), **NEAR)
def curved_ground(rng):
    """Takes both gradients at the distance h on curved ground, from a start of any length."""
    _, gradient = waves(rng, 3)
    yield gradient, away(rng, 3), 3.0 * away(rng, 3), 2, 0.4
    yield gradient, away(rng, 3), 0.2 * away(rng, 3), 0, 0.4
    yield Case(WELL_GRADIENT, away(rng, 2), 4.0 * away(rng, 2), 1, h=0.5)
    yield Case(WELL_GRADIENT, 0.2 * away(rng, 2), away(rng, 2), 1, h=0.3)


@top.check(exact=True)
def flat_ground(rng):
    """Keeps its direction where there is no curvature at all."""
    gradient = function("quadratic_gradient", np.zeros((2, 2)), np.array([1.5, -0.5]))
    yield gradient, np.array([1.0, 2.0]), np.array([3.0, 4.0]), 3


@top.check(**NEAR)
def hardly_curved_ground(rng):
    """Takes a step where the product is tiny, but not zero."""
    for size in (1e-9, 1e-13):
        matrix = size * turned(rng, [0.5, 1.0, 3.0])
        yield function("quadratic_gradient", matrix, np.zeros(3)), np.zeros(3), away(rng, 3), 2


@top.check(weight=2, hidden=True, **NEAR)
def any_ground(rng):
    """Is right on any ground."""
    _, gradient = waves(rng, 4)
    yield gradient, away(rng, 4), away(rng, 4), 3, 0.2
    gradient = function("quadratic_gradient", turned(rng, [-3.0, -1.0, 0.5, 1.5]), away(rng, 4))
    v = away(rng, 4)
    for start in (v, -v):
        yield gradient, normal(rng, 4), start, 4
    gentle = function("quadratic_gradient", turned(rng, [-0.6, -0.2, 0.1, 0.3]), normal(rng, 4))
    yield gentle, normal(rng, 4), away(rng, 4), 2


@top.check(**NEAR)
def any_layout(rng):
    """Takes arrays that do not lie side by side in memory."""
    gradient = function("quadratic_gradient", turned(rng, [0.1, 0.3, 0.8]), normal(rng, 3))
    v = away(rng, 3)[::-1]
    for start in (v, -v):
        yield gradient, normal(rng, 6)[::2], start, 2


def quotient_before_the_step(gradient, x, v, steps, h=1e-4):
    def product(v):
        return (gradient(x + h * v) - gradient(x - h * v)) / (2 * h)

    v = v / np.linalg.norm(v)
    curvature = float(v @ product(v))
    for _ in range(steps):
        u = product(v)
        curvature = float(v @ u)
        v = u / np.linalg.norm(u) if np.linalg.norm(u) > 0 else v
    return curvature, v


# --- bowl_from_path -------------------------------------------------------------------------------

valley = Exercise("bowl_from_path", points=4)


def descent(rng, curvatures, lr, steps):
    """Return a path of gradient descent whose bottom is far from the origin."""
    curvatures = np.asarray(curvatures)
    bottom, start = 3.0 * away(rng, curvatures.size), 2.0 * away(rng, curvatures.size)
    return bottom + start * (1 - lr * curvatures) ** np.arange(steps + 1)[:, np.newaxis]


@valley.check()
def worked_valley(rng):
    """Gives 2.4, 0.1176 and 0.4118 in the worked example."""
    yield np.array([[7.0, 4.0], [5.0, 1.0], [4.0, 1.6]]), 0.1


@valley.check(weight=2)
def slow_descents(rng):
    """Reads paths that come down without jumping, wherever their bottom is."""
    yield descent(rng, [1.0, rng.uniform(0.3, 0.5), rng.uniform(2.0, 3.0), 0.9], 0.2, 4), 0.2
    yield descent(rng, [rng.uniform(2.0, 3.0), 5.0], 0.05, 3), 0.05


@valley.check(weight=2)
def jumping_descents(rng):
    """Reads paths that jump over their bottom, and those that fly off."""
    yield descent(rng, [2.0, rng.uniform(6.0, 8.0), 4.0], 0.2, 3), 0.2
    yield descent(rng, [rng.uniform(4.5, 5.5), 0.5, 1.5], 0.5, 2), 0.5


@valley.check()
def long_descents(rng):
    """Reads long paths, on which a coordinate arrives before the end and stands still."""
    for side in (-1.0, 1.0):
        others = descent(rng, [rng.uniform(0.4, 0.6), rng.uniform(1.5, 2.5)], 0.25, 15)
        arriving = side * (1 + 1 / 16 ** np.arange(16.0))  # its last move is 0, the one before not
        yield np.column_stack([others, arriving]), 0.25


@valley.check(exact=True, rtol=1e-9, atol=1e-9)
def round_bowl(rng):
    """Needs a single step in a round bowl: nothing is left."""
    yield np.array([[6.0, -2.0], [4.0, 0.0], [3.0, 1.0]]), 0.25


@valley.check(weight=2, hidden=True)
def any_valley(rng):
    """Reads any path."""
    yield descent(rng, rng.uniform(0.5, 4.0, 5), 0.1, 5), 0.1
    yield descent(rng, [3.0, rng.uniform(5.5, 8.0)], 0.3, 2), 0.3
    yield descent(rng, [rng.uniform(0.05, 0.1), 1.5, 0.7], 0.4, 3), 0.4


valley.in_other_dress(jumping_descents, keeps=False, rtol=1e-3)


def _bowl(ratios, lr):
    curvatures = (1 - ratios) / lr
    low, high = float(curvatures.min()), float(curvatures.max())
    with np.errstate(all="ignore"):
        return high / low, 2 / (low + high), (high - low) / (high + low)


def last_moves(path, lr):
    moved = np.diff(path, axis=0)
    with np.errstate(all="ignore"):
        return _bowl(moved[-1] / moved[-2], lr)


# --- newton_step ----------------------------------------------------------------------------------

newton = Exercise("newton_step", points=3)


@newton.check(atol=1e-9)
def worked_steps(rng):
    """Goes to (0, 0), (-1, 1) and (0, 1.5) in the worked example."""
    point, grad, matrix = np.array([1.0, 2.0]), np.array([4.0, 2.0]), np.array([[0, 2.0], [2.0, 0]])
    yield point, grad, matrix
    yield point, grad, matrix, True
    yield point, grad, matrix, True, 2.0


@newton.check(weight=2)
def plain_steps(rng):
    """Leads to where the gradient would be zero, up or down; shorter with damping."""
    yield normal(rng, 3), away(rng, 3), turned(rng, [0.5, 1.5, 3.0])
    yield normal(rng, 3), away(rng, 3), turned(rng, [-2.0, -0.7, 1.2])
    yield Case(normal(rng, 2), away(rng, 2), turned(rng, [0.5, 2.0]), damping=0.8)


@newton.check(weight=2)
def saddle_free_steps(rng):
    """Goes down along every axis, by its length over its curvature's size; damped if asked."""
    yield normal(rng, 3), away(rng, 3), turned(rng, [-2.0, 0.7, 3.0]), True
    yield normal(rng, 2), away(rng, 2), turned(rng, [-0.6, -1.8]), True, 0.5
    yield normal(rng, 4), away(rng, 4), turned(rng, [-3.0, -1.0, 0.8, 2.0]), True, 1.5


@newton.check(weight=2, hidden=True)
def any_step(rng):
    """Is right for any Hessian."""
    for free in (False, True):
        yield normal(rng, 4), away(rng, 4), turned(rng, [-1.5, -0.5, 1.0, 2.5]), free
        yield normal(rng, 3), away(rng, 3), turned(rng, [-3.0, 0.5, 1.5]), free, 0.7
    yield normal(rng, 1), away(rng, 1), np.array([[-2.0]]), True, 0.5


newton.in_other_dress(saddle_free_steps)


def sizes_of_the_entries(x, grad, hessian, saddle_free=False, damping=0.0):
    matrix = np.abs(hessian) if saddle_free else hessian
    return x - np.linalg.solve(matrix + damping * np.eye(len(x), dtype=x.dtype), grad)


def diagonal_alone(x, grad, hessian, saddle_free=False, damping=0.0):
    bend = np.diag(hessian)
    bend = np.abs(bend) if saddle_free else bend
    return x - grad / (bend + damping)


def step_turned_round(x, grad, hessian, saddle_free=False, damping=0.0):
    step = np.linalg.solve(hessian + damping * np.eye(len(x), dtype=x.dtype), grad)
    return x + step if saddle_free and step @ grad < 0 else x - step


def negative_axes_left_out(x, grad, hessian, saddle_free=False, damping=0.0):
    values, vectors = np.linalg.eigh(hessian)
    along = (vectors.T @ grad) / (values + damping)
    return x - vectors @ (np.where(values > 0, along, 0) if saddle_free else along)


# --- perturbed_gradient_descent -------------------------------------------------------------------

perturbed = Exercise("perturbed_gradient_descent", points=4)
SADDLE = function("saddle_gradient")


@perturbed.check()
def worked_escape(rng):
    """Goes through (0.25, 0) to (0.125, 0.15) in the worked example."""
    yield np.array([0.5, 0.0]), SADDLE, np.array([[9.0, 9.0], [0.0, 0.1]]), 0.5, 0.4


@perturbed.check(weight=2)
def pushed_where_flat(rng):
    """Is pushed in flat places before the gradient is taken, and takes the step that follows."""
    yield 0.02 * away(rng, 2), SADDLE, 0.3 * away(rng, 4, 2), 0.3, 1.0
    yield np.array([0.98, 0.03]), WELL_GRADIENT, 0.2 * away(rng, 5, 2), 0.2, 0.35
    bend = function("quadratic_gradient", np.diag([3.0, 0.5, -1.0]), np.zeros(3))
    yield np.array([0.7, 0.0, 0.0]), bend, 0.2 * away(rng, 5, 3), 0.2, 0.6
    for flat in (0.5, 0.6):  # the gradient has the length 0.53, and no entry above 0.375
        yield np.array([0.375, 0.375]), SADDLE, 0.25 * away(rng, 1, 2), 0.5, flat


@perturbed.check()
def undisturbed_where_steep(rng):
    """Makes plain gradient steps where no gradient is small."""
    yield 3.0 + away(rng, 2), bowl(rng, 2, "quadratic_gradient"), 5.0 * away(rng, 3, 2), 0.05, 1e-6
    plane = function("quadratic_gradient", np.zeros((2, 2)), np.array([0.6, 0.8]))
    yield away(rng, 2), plane, away(rng, 3, 2), 0.3, 0.9


@perturbed.check(exact=True)
def at_the_limit(rng):
    """A gradient that is exactly as long as the limit is not small; none at all is."""
    yield np.array([0.5, 0.0]), SADDLE, np.array([[0.0, 0.25], [0.125, 0.5]]), 0.5, 0.5
    yield np.array([0.0, 0.0]), SADDLE, np.array([[0.25, 0.5]]), 0.5, 0.125


@perturbed.check(weight=2, hidden=True, notices=("sum-of-sizes-for-length",))
def any_descent(rng):
    """Is right on any ground."""
    _, gradient = waves(rng, 3)
    yield normal(rng, 3), gradient, 0.3 * away(rng, 6, 3), 0.1, 1.0
    yield np.zeros(4), WELL_GRADIENT, 0.2 * away(rng, 6, 4), 0.3, 0.5
    yield np.array([0.4, 0.0]), SADDLE, 0.1 * away(rng, 5, 2), 0.4, 0.3


@perturbed.check(dtype=True)
def in_other_dress(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    start, noise = np.array([0.9, 0.2, 0.0]), 0.2 * away(rng, 4, 3)
    yield start.astype(np.float32), WELL_GRADIENT, noise.astype(np.float32), 0.2, 9.0
    yield start[::-1], WELL_GRADIENT, np.asfortranarray(noise), 0.2, 9.0


def _walk(x, gradient, noise, step):
    path = [x]
    for t in range(len(noise)):
        x = step(x, gradient(x), noise[t])
        path.append(x)
    return np.array(path)


def push_after_the_step(x, gradient, noise, lr, flat):
    return _walk(
        x, gradient, noise, lambda x, g, p: x - lr * g + (p if np.linalg.norm(g) < flat else 0)
    )


def gradient_after_the_step_decides(x, gradient, noise, lr, flat):
    def step(x, g, push):
        x = x - lr * g
        return x + push if np.linalg.norm(gradient(x)) < flat else x

    return _walk(x, gradient, noise, step)


def push_instead_of_a_step(x, gradient, noise, lr, flat):
    return _walk(
        x, gradient, noise, lambda x, g, p: x + p if np.linalg.norm(g) < flat else x - lr * g
    )


def pushes_in_a_queue(x, gradient, noise, lr, flat):
    path, used = [x], 0
    for _ in noise:
        if np.linalg.norm(gradient(x)) < flat:
            x, used = x + noise[used], used + 1
        x = x - lr * gradient(x)
        path.append(x)
    return np.array(path)


def gradient_noise(x, gradient, noise, lr, flat):
    return _walk(
        x, gradient, noise, lambda x, g, p: x - lr * (g + (p if np.linalg.norm(g) < flat else 0))
    )


def pushed_once(x, gradient, noise, lr, flat):
    path, pushed = [x], False
    for push in noise:
        if not pushed and np.linalg.norm(gradient(x)) < flat:
            x, pushed = x + push, True
        x = x - lr * gradient(x)
        path.append(x)
    return np.array(path)


def pushed_point_noted_too(x, gradient, noise, lr, flat):
    path = [x]
    for push in noise:
        if np.linalg.norm(gradient(x)) < flat:
            x = x + push
            path.append(x)
        x = x - lr * gradient(x)
        path.append(x)
    return np.array(path)


# --- random_restarts ------------------------------------------------------------------------------

restarts = Exercise("random_restarts", points=3)


@restarts.check()
def worked_restarts(rng):
    """Finds -1 with the height 0, once, in the worked example."""
    yield WELL, WELL_GRADIENT, np.array([[0.0], [0.5], [2.0]]), 0.5, 1


TILT = np.zeros((2, 2)), np.array([1.5, -2.0])
PLANE = function("quadratic", *TILT), function("quadratic_gradient", *TILT)


@restarts.check(weight=2)
def lowest_end(rng):
    """Keeps the lowest of several ends, some of them below zero, after a few steps or many."""
    f, gradient = waves(rng, 2)
    yield f, gradient, 2.0 * normal(rng, 5, 2), 0.05, 3
    yield f, gradient, 2.0 * normal(rng, 4, 2), 0.1, 8
    yield *PLANE, np.array([[3.0, 1.0], [0.25, -1.0], [-4.0, 2.0]]), 0.1, 2
    yield WELL, WELL_GRADIENT, np.array([[0.0], [1.6], [0.1]]), 0.1, 8


@restarts.check(weight=2)
def how_often(rng):
    """Counts the runs that ended as low, up to tol, in the same valley or another one as deep."""
    starts = np.array([[0.6, 0.7], [-0.8, 1.3], [1.2, 0.9], [0.0, 0.9], [1.1, -0.7]])
    yield WELL, WELL_GRADIENT, starts, 0.3, 40
    yield Case(WELL, WELL_GRADIENT, np.array([[0.9], [1.2], [-1.3]]), 0.1, 2, tol=0.02)
    yield Case(WELL, WELL_GRADIENT, np.array([[0.95], [-0.4], [1.05]]), 0.1, 1, tol=0.01)
    yield Case(WELL, WELL_GRADIENT, np.array([[0.9], [1.2], [-1.3]]), 0.1, 2, tol=0.0)


@restarts.check(exact=True, rtol=1e-9)
def flown_off(rng):
    """Does not let a run win that ended with no number at all."""
    parts = np.diag([1.0, 0.0]), np.array([[0.0, 1.0]]), np.array([1.0])
    f, gradient = function("waves", *parts), function("waves_gradient", *parts)
    starts = np.array([[900.0, 1.0], [0.5, 2.0], [800.0, -1.0], [0.25, 2.5]])
    yield f, gradient, starts, 2.5, 4
    yield f, gradient, starts[[1, 0, 3]], 2.5, 5


@restarts.check(weight=2, hidden=True)
def any_landscape(rng):
    """Is right in any landscape."""
    f, gradient = waves(rng, 3)
    yield f, gradient, 2.0 * normal(rng, 6, 3), 0.05, 4
    yield f, gradient, 2.0 * normal(rng, 1, 3), 0.05, 2
    yield *PLANE, np.array([[2.0, 1.0], [0.5, -1.0], [-3.0, 2.0]]), 0.1, 3
    yield WELL, WELL_GRADIENT, np.array([[0.0], [1.7], [0.15]]), 0.1, 6
    yield WELL, WELL_GRADIENT, np.array([[0.5, 0.0], [1.3, -0.8], [-0.7, -1.1]]), 0.2, 60
    parts = np.array([[1.0]]), np.array([[0.0]]), np.array([1.0])
    far = np.array([[700.0], [0.5], [1.0]])
    yield function("waves", *parts), function("waves_gradient", *parts), far, 2.5, 3


@restarts.check(dtype=True)
def in_other_dress(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    starts = np.array([[0.6, 0.7], [-1.6, 1.4], [0.1, 0.9]])
    yield WELL, WELL_GRADIENT, starts.astype(np.float32), 0.2, 3
    yield WELL, WELL_GRADIENT, np.asfortranarray(starts), 0.2, 3


def _ends(gradient, starts, lr, steps):
    ends = []
    for x in starts:
        for _ in range(steps):
            x = x - lr * gradient(x)
        ends.append(x)
    return ends


def _chosen(ends, values, best, tol):
    return ends[best], float(values[best]), int(np.sum(values <= values[best] + tol))


def best_start_only(f, gradient, starts, lr, steps, tol=1e-6):
    best = int(np.nanargmin([f(x) for x in starts]))
    ends = _ends(gradient, starts, lr, steps)
    return _chosen(ends, np.array([f(x) for x in ends], float), best, tol)


def lowest_on_the_way(f, gradient, starts, lr, steps, tol=1e-6):
    points, values = [], []
    for x in starts:
        path = [x]
        for _ in range(steps):
            path.append(path[-1] - lr * gradient(path[-1]))
        heights = np.array([f(p) for p in path], float)
        points.append(path[int(np.nanargmin(heights))])
        values.append(np.nanmin(heights))
    values = np.array(values)
    return _chosen(points, values, int(np.argmin(values)), tol)


def same_place(f, gradient, starts, lr, steps, tol=1e-6):
    ends = _ends(gradient, starts, lr, steps)
    values = np.array([f(x) for x in ends], float)
    best = int(np.nanargmin(values))
    found = sum(bool(np.linalg.norm(x - ends[best]) <= tol) for x in ends)
    return ends[best], float(values[best]), found


def smallest_gradient_wins(f, gradient, starts, lr, steps, tol=1e-6):
    ends = _ends(gradient, starts, lr, steps)
    values = np.array([f(x) for x in ends], float)
    best = int(np.argmin([np.linalg.norm(gradient(x)) for x in ends]))
    return _chosen(ends, values, best, tol)


def each_from_the_last_end(f, gradient, starts, lr, steps, tol=1e-6):
    ends, offset = [], 0.0
    for x in starts:
        x = x + offset
        for _ in range(steps):
            x = x - lr * gradient(x)
        ends.append(x)
        offset = x - starts[0]
    values = np.array([f(x) for x in ends], float)
    return _chosen(ends, values, int(np.nanargmin(values)), tol)


def last_run_returned(f, gradient, starts, lr, steps, tol=1e-6):
    ends = _ends(gradient, starts, lr, steps)
    values = np.array([f(x) for x in ends], float)
    return ends[-1], float(np.nanmin(values)), int(np.sum(values <= np.nanmin(values) + tol))


# --- cosine_cycle_lr ------------------------------------------------------------------------------

cosine = Exercise("cosine_cycle_lr", points=3)


@cosine.check()
def worked_cycles(rng):
    """Gives the rates and snapshots of the worked example, and five cycles for 9 steps in 6."""
    yield 7, 2, 1.0
    yield 9, 6, 1.0


@cosine.check(weight=2, observe="item")
def rates_of_whole_cycles(rng):
    """Begins each cycle with the full rate, 0.1 unless it is given, and lets it fall."""
    yield 0, 12, 3, rng.uniform(0.2, 0.9)
    yield 0, 10, 2
    yield 0, 6, 1, rng.uniform(0.2, 0.9)


@cosine.check(weight=2)
def cut_cycles(rng):
    """Rounds the length of a cycle up, and takes a snapshot of one that was cut short too."""
    yield 9, 4, rng.uniform(0.2, 0.9)
    yield 11, 4, rng.uniform(0.2, 0.9)
    yield 8, 3, rng.uniform(0.2, 0.9)


@cosine.check(exact=True, rtol=1e-9)
def short_cycles(rng):
    """Has the full rate in every step if cycles have one step, and snapshots after all of them."""
    yield 3, 3, 0.5
    yield 1, 1, 0.25


@cosine.check(weight=2, hidden=True)
def any_cycles(rng):
    """Is right for any number of steps and cycles."""
    yield 23, 5, rng.uniform(0.2, 0.9)
    yield 20, 4, rng.uniform(0.2, 0.9)
    yield 10, 7, rng.uniform(0.2, 0.9)
    yield 5, 1


# --- average_two_ways -----------------------------------------------------------------------------

average = Exercise("average_two_ways", points=4)


def nets(rng, count, d, hidden, k):
    """Return nets whose answers differ clearly."""
    return [
        [
            (normal(rng, hidden, d), 0.5 * away(rng, hidden)),
            (1.5 * normal(rng, k, hidden), 0.5 * away(rng, k)),
        ]
        for _ in range(count)
    ]


@average.check()
def worked_votes(rng):
    """Gives (0.7, 0.3) and (0.9, 0.1) in the worked example."""
    zero, none = np.zeros(1), np.zeros(2)
    one = [(np.array([[1.0]]), zero), (np.array([[np.log(9.0)], [0.0]]), none)]
    other = [(np.array([[3.0]]), zero), (np.array([[0.0], [0.0]]), none)]
    yield np.array([[1.0]]), [one, other]


@average.check(weight=2)
def several_nets(rng):
    """Averages the probabilities of several nets, and asks the net of their mean weights."""
    yield normal(rng, 4, 3), nets(rng, 3, 3, 5, 4)
    yield normal(rng, 3, 2), nets(rng, 2, 2, 4, 3)


@average.check(notices=("relu-at-the-end",))
def one_net(rng):
    """Makes no difference between the two for a single net."""
    yield normal(rng, 3, 4), nets(rng, 1, 4, 6, 2)


@average.check(exact=True, rtol=1e-9, atol=1e-12)
def large_scores(rng):
    """Bears scores in the thousands."""
    given = nets(rng, 2, 2, 3, 3)
    given = [[first, (1.0 * w2, b2 + big)] for (first, (w2, b2)), big in zip(given, (3000, -4000))]
    yield normal(rng, 3, 2), given
    apart = np.array([3000.0, 0.0, -2000.0]), np.array([0.0, 2000.0, -3000.0])
    given = [
        [first, (w2, b2 + far)] for (first, (w2, b2)), far in zip(nets(rng, 2, 2, 3, 3), apart)
    ]
    yield normal(rng, 2, 2), given


@average.check(weight=2, hidden=True)
def any_nets(rng):
    """Is right for any nets and batches."""
    yield normal(rng, 5, 4), nets(rng, 4, 4, 6, 5)
    yield normal(rng, 1, 2), nets(rng, 3, 2, 3, 2)
    given = [[first, (w2, b2 + 2000)] for first, (w2, b2) in nets(rng, 2, 3, 4, 3)]
    yield normal(rng, 2, 3), given


average.in_other_dress(several_nets)


def _net_scores(x, net):
    (w1, b1), (w2, b2) = net
    return np.maximum(x @ w1.T + b1, 0) @ w2.T + b2


def _softmax(scores):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def _mean_net(nets):
    return [[np.mean(parts, axis=0) for parts in zip(*layers)] for layers in zip(*nets)]


def _votes(x, nets):
    return np.mean([_softmax(_net_scores(x, net)) for net in nets], axis=0)


def scores_averaged(x, nets):
    ensemble = _softmax(np.mean([_net_scores(x, net) for net in nets], axis=0))
    return ensemble, _softmax(_net_scores(x, _mean_net(nets)))


def logarithms_averaged(x, nets):
    logs = [np.log(_softmax(_net_scores(x, net)) + 1e-300) for net in nets]
    return np.exp(np.mean(logs, axis=0)), _softmax(_net_scores(x, _mean_net(nets)))


def majority_of_votes(x, nets):
    k = nets[0][1][0].shape[0]
    hard = [np.eye(k)[_net_scores(x, net).argmax(axis=1)] for net in nets]
    return np.mean(hard, axis=0), _softmax(_net_scores(x, _mean_net(nets)))


def biases_of_the_last(x, nets):
    mean = [(w, nets[-1][k][1]) for k, (w, _) in enumerate(_mean_net(nets))]
    return _votes(x, nets), _softmax(_net_scores(x, mean))


def later_nets_weigh_more(x, nets):
    mean = nets[0]
    for net in nets[1:]:
        mean = [[(a + b) / 2 for a, b in zip(*layers)] for layers in zip(mean, net)]
    return _votes(x, nets), _softmax(_net_scores(x, mean))


# --- sam_step -------------------------------------------------------------------------------------


def cut_scores(low, high):
    """Return who cuts the scores and subtracts nothing."""

    def answers(x, nets):
        def told(net):
            (w1, b1), (w2, b2) = net
            scores = np.maximum(x @ w1.T + b1, 0) @ w2.T + b2
            with np.errstate(all="ignore"):
                e = np.exp(np.clip(scores.astype(float), low, high))
                return e / e.sum(axis=1, keepdims=True)

        mean = [[np.mean(parts, axis=0) for parts in zip(*layers)] for layers in zip(*nets)]
        ensemble = np.mean([told(net) for net in nets], axis=0)
        return ensemble.astype(x.dtype), told(mean).astype(x.dtype)

    return answers


cut_at_500, cut_at_700, cut_at_100 = (cut_scores(-size, size) for size in (500, 700, 100))
cut_above_500, cut_above_700 = (cut_scores(-np.inf, size) for size in (500, 700))


sam = Exercise("sam_step", points=3)


@sam.check()
def worked_step(rng):
    """Goes from (1, 1) to (0.61, 0.44) in the worked example."""
    gradient = function("quadratic_gradient", np.diag([3.0, 4.0]), np.zeros(2))
    yield np.array([1.0, 1.0]), gradient, 0.1, 0.5


@sam.check(weight=2)
def uphill_gradient(rng):
    """Steps from where it is by the gradient uphill, with lr = 0.1 and rho = 0.05 if not given."""
    yield 0.2 * normal(rng, 3), bowl(rng, 3, "quadratic_gradient")
    yield 1.5 * away(rng, 4), WELL_GRADIENT, 0.3, 0.8
    yield Case(away(rng, 3), function("rosenbrock_gradient"), lr=0.002, rho=0.3)


@sam.check(weight=2)
def one_length_for_all(rng):
    """Measures one length over all weights, whatever their shape."""
    yield Case(1.5 * away(rng, 2, 3), WELL_GRADIENT, lr=0.2, rho=0.7)
    yield Case(1.5 * away(rng, 3, 2, 2), WELL_GRADIENT, lr=0.2, rho=0.9)


@sam.check(exact=True)
def no_uphill(rng):
    """Stays where it is, without NaN, where the gradient is zero."""
    yield Case(np.array([1.0, 0.0, -1.0]), WELL_GRADIENT, lr=0.5, rho=0.25)


@sam.check(rtol=1e-6)
def hardly_uphill(rng):
    """Goes to the neighbour at the distance rho where the gradient is tiny, but not zero."""
    for size in (1e-7, 1e-10):
        gradient = function("quadratic_gradient", turned(rng, [0.5, 1.5]), np.zeros(2))
        yield size * away(rng, 2), gradient, 0.5, 0.25


@sam.check(weight=2, hidden=True)
def any_step(rng):
    """Is right on any ground, for weights of any shape."""
    _, gradient = waves(rng, 4)
    yield Case(away(rng, 4), gradient, lr=0.2, rho=0.6)
    yield Case(1.5 * away(rng, 3, 4), WELL_GRADIENT, lr=0.1, rho=1.2)
    yield Case(np.zeros((2, 2)), WELL_GRADIENT, lr=0.1, rho=0.5)
    yield Case(1.5 * away(rng, 1), WELL_GRADIENT, lr=0.1, rho=0.5)


@sam.check(dtype=True, rtol=1e-4)
def in_other_dress(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    start = 1.5 * away(rng, 3, 4)
    yield Case(start.astype(np.float32), WELL_GRADIENT, lr=0.2, rho=0.7)
    yield Case(np.asfortranarray(start), WELL_GRADIENT, lr=0.2, rho=0.7)
    yield Case(start[:, ::2], WELL_GRADIENT, lr=0.2, rho=0.7)


def a_length_for_each_row(param, gradient, lr=0.1, rho=0.05):
    g = gradient(param)
    length = np.linalg.norm(g, axis=-1, keepdims=True)
    return param - lr * gradient(param + rho * g / np.where(length > 0, length, 1))


def largest_stretch(param, gradient, lr=0.1, rho=0.05):
    g = gradient(param)
    length = np.linalg.norm(g, 2) if g.ndim <= 2 else np.sqrt(np.sum(g**2))
    return param - lr * gradient(param + (rho * g / length if length > 0 else 0 * g))


# --- alternating_minimisation ---------------------------------------------------------------------

alternating = Exercise("alternating_minimisation", points=4)


@alternating.check()
def worked_factors(rng):
    """Gives the factors and the loss of the worked example, and of a table that fits no product."""
    matrix, h = np.array([[2.0, 4.0], [1.0, 2.0]]), np.array([[1.0, 0.0]])
    yield matrix, h, 1, 1.0
    yield Case(matrix + [[0.0, 0.5], [0.0, 0.0]], h, 1)


def factors(rng, k, d):
    """Return a right factor of full rank, far from singular."""
    return np.eye(k, d) * 1.5 + 0.4 * normal(rng, k, d)


@alternating.check(weight=2)
def one_step(rng):
    """Solves for W first, then with it for H; the loss has its penalty."""
    yield normal(rng, 5, 4), factors(rng, 2, 4), 1, rng.uniform(0.3, 0.9)
    yield normal(rng, 3, 5), factors(rng, 2, 5), 1, 2.5


@alternating.check(weight=2)
def several_steps(rng):
    """Goes on from step to step, and notes the loss after each."""
    yield normal(rng, 5, 4), factors(rng, 2, 4), 3, rng.uniform(0.3, 0.9)
    yield normal(rng, 4, 6), factors(rng, 3, 6), 2, rng.uniform(1.2, 2.0)


@alternating.check()
def without_penalty(rng):
    """Is plain least squares unless a penalty is given."""
    yield normal(rng, 5, 4), factors(rng, 2, 4), 2


@alternating.check(weight=2, hidden=True)
def any_matrix(rng):
    """Factorises any matrix."""
    yield normal(rng, 6, 5), factors(rng, 3, 5), 4, rng.uniform(0.3, 0.9)
    yield normal(rng, 4, 3), factors(rng, 1, 3), 2, rng.uniform(1.5, 3.0)
    yield normal(rng, 4, 5), factors(rng, 2, 5), 1


alternating.in_other_dress(several_steps, rtol=1e-3)


def _left(x, h, lam):
    return np.linalg.solve(h @ h.T + lam * np.eye(len(h), dtype=x.dtype), h @ x.T).T


def _right(x, w, lam):
    return np.linalg.solve(w.T @ w + lam * np.eye(w.shape[1], dtype=x.dtype), w.T @ x)


def _loss(x, w, h, lam):
    return np.sum((x - w @ h) ** 2) + lam * (np.sum(w**2) + np.sum(h**2))


def right_factor_first(x, h, steps, lam=0.0):
    w, losses = _left(x, h, lam), []
    for _ in range(steps):
        h = _right(x, w, lam)
        w = _left(x, h, lam)
        losses.append(_loss(x, w, h, lam))
    return w, h, np.array(losses, x.dtype)


def both_from_the_old(x, h, steps, lam=0.0):
    w, losses = _left(x, h, lam), []
    for _ in range(steps):
        w, h = _left(x, h, lam), _right(x, w, lam)
        losses.append(_loss(x, w, h, lam))
    return w, h, np.array(losses, x.dtype)


def loss_between_the_halves(x, h, steps, lam=0.0):
    losses = []
    for _ in range(steps):
        w = _left(x, h, lam)
        losses.append(_loss(x, w, h, lam))
        h = _right(x, w, lam)
    return w, h, np.array(losses, x.dtype)


def left_factor_solved_again(x, h, steps, lam=0.0):
    _, h, losses = right_answer(x, h, steps, lam)
    return _left(x, h, lam), h, losses


def right_answer(x, h, steps, lam=0.0):
    losses = []
    for _ in range(steps):
        w = _left(x, h, lam)
        h = _right(x, w, lam)
        losses.append(_loss(x, w, h, lam))
    return w, h, np.array(losses, x.dtype)


def last_loss_only(x, h, steps, lam=0.0):
    w, h, losses = right_answer(x, h, steps, lam)
    return w, h, float(losses[-1])


def gradient_steps(x, h, steps, lam=0.0):
    w, losses = _left(x, h, lam), []
    for _ in range(steps):
        w = w - 0.05 * (2 * (w @ h - x) @ h.T + 2 * lam * w)
        h = h - 0.05 * (2 * w.T @ (w @ h - x) + 2 * lam * h)
        losses.append(_loss(x, w, h, lam))
    return w, h, np.array(losses, x.dtype)


# --- branch_and_bound_1d --------------------------------------------------------------------------

bound = Exercise("branch_and_bound_1d", points=4)


def curve(rng, *ends):
    """Return a sum of sines that is not low at these ends, and what it changes by at most."""
    while True:
        speeds = rng.uniform(0.8, 1.2, 3) * np.array([1.0, 2.2, 3.7])
        if all(np.sin(speeds * end).sum() > -0.5 for end in ends):
            return function("sine", speeds), float(speeds.sum())


@bound.check()
def worked_search(rng):
    """Gives (0.125, 0.0156, -1.4844) in the worked example."""
    yield function("square"), -1.0, 2.0, 4.0, 1.6


@bound.check(weight=2, notices=("widest-opened",))
def wavy_curves(rng):
    """Finds the best of many valleys, and the bound that proves it."""
    for lo, hi in ((-3.0, 4.3), (0.1, 6.4)):
        lo += rng.uniform(0.0, 0.5)
        f, steepest = curve(rng, lo, hi)
        yield f, lo, hi, steepest, rng.uniform(0.3, 0.5)
    yield function("square"), -2.3, 3.1, 6.2, rng.uniform(0.05, 0.1)


@bound.check()
def nothing_to_open(rng):
    """Stops at once where the first bound is near enough, be it exactly."""
    yield function("square"), -1.0, 2.0, 4.0, 6.0
    yield function("square"), -1.0, 2.0, 4.0, 7.5


@bound.check(notices=("evenly-spaced", "narrow-enough"))
def lowest_at_the_border(rng):
    """Measures at middles only, also where the minimum lies at an end."""
    yield function("affine", 2.0, 1.0), 0.0, 1.0 + rng.uniform(0.0, 0.5), 2.0, 0.3
    yield function("affine", -1.5, 0.0), -1.0, 1.0 + rng.uniform(0.0, 0.5), 3.0, 0.4


@bound.check(weight=2, hidden=True, notices=("widest-opened",))
def any_search(rng):
    """Is right for any curve, interval and tolerance."""
    f, steepest = curve(rng)
    yield f, -2.0 - rng.uniform(0.0, 0.5), 5.0, 1.3 * steepest, 0.4
    yield f, 0.3, 3.7 + rng.uniform(0.0, 0.5), steepest, 0.2
    yield function("affine", -2.0, 0.5), -1.0, 2.0 + rng.uniform(0.0, 0.5), 2.0, 0.25
    yield function("square"), -1.7, 1.1 + rng.uniform(0.0, 0.5), 3.4, 0.1


def _measured(f, left, right, lipschitz):
    middle = (left + right) / 2
    value = float(f(middle))
    return value - lipschitz * (right - left) / 2, left, right, middle, value


def _searched(f, lo, hi, lipschitz, tol, choose, extra=()):
    """Search with a choice of one's own of the interval that is opened next.

    `choose` is given the intervals in rows of bound, left, right, middle and value; those that were
    opened are infinite.
    """
    boxes = np.full((4001, 5), np.inf)
    boxes[0] = _measured(f, lo, hi, lipschitz)
    best = min([(boxes[0, 4], boxes[0, 3]), *((float(f(x)), x) for x in extra)])
    for count in range(1, 4001, 2):
        k, smallest = choose(boxes[:count]), boxes[:count, 0].min()
        if best[0] - smallest <= tol:
            break
        _, left, right, middle, _ = boxes[k]
        boxes[k] = np.inf
        boxes[count] = _measured(f, left, middle, lipschitz)
        boxes[count + 1] = _measured(f, middle, right, lipschitz)
        best = min(best, *((box[4], box[3]) for box in boxes[count : count + 2]))
    return float(best[1]), float(best[0]), float(smallest)


def lowest_value_opened(f, lo, hi, lipschitz, tol):
    return _searched(f, lo, hi, lipschitz, tol, lambda boxes: boxes[:, 4].argmin())


def lowest_value_proved(f, lo, hi, lipschitz, tol):
    """Open the lowest value until its own bound is near, whatever the other bounds are."""
    return _lowest_value_opened(f, lo, hi, lipschitz, tol, lambda boxes, box: box[0])


def lowest_value_narrowed(f, lo, hi, lipschitz, tol):
    """Open the lowest value until its own bound is near, and return the smallest of all."""
    return _lowest_value_opened(f, lo, hi, lipschitz, tol, lambda boxes, box: min(boxes)[0])


def _lowest_value_opened(f, lo, hi, lipschitz, tol, bound):
    boxes = [_measured(f, lo, hi, lipschitz)]
    best = boxes[0]
    while True:
        box = min(boxes, key=lambda box: (box[4], box[1]))
        if best[4] - box[0] <= tol:
            return best[3], best[4], bound(boxes, box)
        _, left, right, middle, _ = boxes.pop(boxes.index(box))
        boxes += [_measured(f, *ends, lipschitz) for ends in ((left, middle), (middle, right))]
        best = min([best, *boxes[-2:]], key=lambda box: box[4])


def _width(boxes):
    return np.where(np.isfinite(boxes[:, 0]), boxes[:, 2] - boxes[:, 1], 0.0)


def widest_opened(f, lo, hi, lipschitz, tol):
    return _searched(f, lo, hi, lipschitz, tol, lambda boxes: _width(boxes).argmax())


def ends_measured_too(f, lo, hi, lipschitz, tol):
    smallest = lambda boxes: np.lexsort((boxes[:, 1], boxes[:, 0]))[0]
    return _searched(f, lo, hi, lipschitz, tol, smallest, (lo, hi))


def first_in_first_out(f, lo, hi, lipschitz, tol):
    boxes = [_measured(f, lo, hi, lipschitz)]
    best = boxes[0]
    for _ in range(2000):
        bound, left, right, middle, _ = boxes[0]
        if best[4] - bound <= tol:
            break
        new = [_measured(f, *ends, lipschitz) for ends in ((left, middle), (middle, right))]
        boxes = boxes[1:] + new
        best = min([best, *new], key=lambda box: box[4])
    return best[3], best[4], bound


def evenly_spaced(f, lo, hi, lipschitz, tol):
    count = int(np.ceil(lipschitz * (hi - lo) / (2 * tol)))
    width = (hi - lo) / count
    points = [lo + width * (k + 0.5) for k in range(count)]
    values = [float(f(x)) for x in points]
    best = int(np.argmin(values))
    return points[best], values[best], values[best] - lipschitz * width / 2


# --- questions ------------------------------------------------------------------------------------

one_valley = Question(
    "one_valley",
    points=3,
    guide="""
    Full answer, a point for each. The first sentence: convex means that every local minimum is
    global, and the minima form a convex set; there may be many (a trough, least squares with
    fewer samples than features) or none (exp); unique only if strictly convex, and then still
    perhaps none. The second, by eigenvalues: at a critical point of high loss in many dimensions
    it would take all eigenvalues positive at once; mixed signs, saddles, are by far the usual
    case, so what slows descent there are saddles and plateaus, and the minima that are found
    mostly lie about equally low (an observation on wide nets, not a theorem). By renumbering:
    swapping hidden units gives the same function, so every minimum comes as H! equally good
    copies (and more for ReLU, by scaling): not convex, many minima, none of them bad for that.
    Half: says only that convex functions may have several minima.
    """,
)
flat_or_sharp = Question(
    "flat_or_sharp",
    points=3,
    guide="""
    Full answer, a point for each. The function is the same for every input, as ReLU lets a
    positive factor pass. The Hessian is not: second derivatives by first-layer weights shrink by
    100 and those by second-layer weights grow by 100, so its greatest eigenvalue can be made as
    large as one likes while nothing about the predictions changes; so sharpness by itself cannot
    tell how a net generalizes (Dinh et al. 2017), though among nets trained alike it correlates.
    A measure that is not fooled: one relative to the size of the weights (adaptive SAM,
    normalised by filter or layer norms), or one in function space: how much predictions change,
    the Fisher metric, a PAC-Bayes bound with its prior fixed. Half: sees that the function stays
    and says that the Hessian changes, without saying how.
    """,
)
what_the_votes_say = Question(
    "what_the_votes_say",
    points=3,
    guide="""
    Full answer, a point for each of three. Numbers with their errors, from the student's own
    table: the loss falls by about 0.01 against the last snapshot and 0.003 against the averaged
    weights, several standard errors each. Pairs: the runs of one start share weights, order and
    noise, so most of the scatter (about 0.01) cancels in the difference; two means would hide it.
    Honest about the single net: here it is as good within its error, at a quarter of the cost of
    a prediction; so no, not from these data, and the rate chosen lies at the edge of the grid;
    on larger problems the published comparison is in favour of the snapshots. The slices:
    snapshots of one run lie in one valley without a wall, so their mean weights are a good net,
    nearly as good as the votes; between different starts there is a wall, the mean net would
    stand on it and fail, while votes would profit from the difference. Half: ranks by means.
    """,
)
