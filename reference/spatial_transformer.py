# mypy: allow-untyped-defs
"""Affine and projective grids, and the samplers that read images through them.

A job of a sampler is one output row of one image; backwards, where output pixels share input
pixels, it is one whole image. So no two jobs share a write and the bits do not depend on the number
of threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.corners import (
    GROUP,
    fold_group,
    fold_one,
    pick_group,
    pick_one,
    return_one,
    sample_group,
    sample_one,
)
from reference.kernels.gemm import matmul

__all__ = [
    "affine_grid",
    "affine_grid_backward",
    "bilinear_sample",
    "bilinear_sample_backward",
    "compose",
    "content_theta",
    "crop_theta",
    "identity_regression",
    "localisation_forward",
    "name_the_bug",
    "nearest_sample",
    "projective_grid",
    "theta_from_marks",
    "transformer_backward",
]

Array = NDArray[Any]


# --- grids -------------------------------------------------------------------------------------


@njit(**SERIAL)
def _place(index: int, size: int) -> float:
    """Return the normalised coordinate of pixel `index` of `size`."""
    if size == 1:
        return 0.0
    return (2.0 * index - (size - 1)) / (size - 1)


@njit(**SERIAL)
def _grid(matrix: Array, out: Array) -> None:
    """See `solutions.spatial_transformer.chapter.affine_grid` and `projective_grid`."""
    N, R, S, _ = out.shape
    for n in range(N):
        m = matrix[n]
        for r in range(R):
            y = _place(r, R)
            for s in range(S):
                x = _place(s, S)
                depth = 1.0
                if matrix.shape[1] == 3:
                    depth = m[2, 0] * x + m[2, 1] * y + m[2, 2]
                out[n, r, s, 0] = (m[0, 0] * x + m[0, 1] * y + m[0, 2]) / depth
                out[n, r, s, 1] = (m[1, 0] * x + m[1, 1] * y + m[1, 2]) / depth


@contract("theta (N, 2, 3), out_shape ints(R, S) >= 1")
def affine_grid(theta: Array, out_shape: tuple[int, int]) -> Array:
    """See `solutions.spatial_transformer.chapter.affine_grid`."""
    return _mapped(theta, out_shape)


def _mapped(matrix: Array, out_shape: tuple[int, int]) -> Array:
    out = np.empty((len(matrix), *out_shape, 2), dtype=matrix.dtype)
    _grid(matrix, out)
    return out


@contract("matrix (N, 3, 3), out_shape ints(R, S) >= 1")
def projective_grid(matrix: Array, out_shape: tuple[int, int]) -> Array:
    """See `solutions.spatial_transformer.chapter.projective_grid`."""
    return _mapped(matrix, out_shape)


@njit(**SERIAL)
def _grid_backward(dgrid: Array, dtheta: Array) -> None:
    """See `solutions.spatial_transformer.chapter.affine_grid_backward`."""
    N, R, S, _ = dgrid.shape
    for n in range(N):
        for k in range(2):
            along_x, along_y, total = 0.0, 0.0, 0.0
            for r in range(R):
                y = _place(r, R)
                for s in range(S):
                    pull = dgrid[n, r, s, k]
                    along_x += pull * _place(s, S)
                    along_y += pull * y
                    total += pull
            dtheta[n, k, 0], dtheta[n, k, 1], dtheta[n, k, 2] = along_x, along_y, total


@contract("dgrid (N, R, S, 2)")
def affine_grid_backward(dgrid: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.affine_grid_backward`."""
    dtheta = np.empty((len(dgrid), 2, 3), dtype=dgrid.dtype)
    _grid_backward(dgrid, dtheta)
    return dtheta


# --- maps ----------------------------------------------------------------------------------------


def _theta(*entries: Array | float) -> Array:
    """Stack the six entries, row by row, into matrices of the dtype of the arrays among them."""
    arrays = [entry for entry in entries if isinstance(entry, np.ndarray)]
    rows = np.stack(np.broadcast_arrays(*(np.asarray(entry) for entry in entries)), axis=-1)
    return rows.reshape(-1, 2, 3).astype(arrays[0].dtype)


@contract(
    "motion 'translate' | 'rotate' | 'scale' | 'shear', amount (N, K)",
    "K == (1 if motion == 'rotate' else 2)",
)
def content_theta(motion: str, amount: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.content_theta`."""
    a, b = amount[:, 0], amount[:, -1]
    if motion == "translate":
        return _theta(1.0, 0.0, -a, 0.0, 1.0, -b)
    if motion == "rotate":
        cos, sin = np.cos(a), np.sin(a)
        return _theta(cos, sin, 0.0, -sin, cos, 0.0)
    if motion == "scale":
        return _theta(np.reciprocal(a), 0.0, 0.0, 0.0, np.reciprocal(b), 0.0)
    area = 1 - a * b
    return _theta(1 / area, -a / area, 0.0, -b / area, 1 / area, 0.0)


@contract("left (N), top (N), right (N), bottom (N) -> left")
def crop_theta(left: Array, top: Array, right: Array, bottom: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.crop_theta`."""
    middle_x, middle_y = 0.5 * (left + right), 0.5 * (top + bottom)
    return _theta(right - middle_x, 0.0, middle_x, 0.0, bottom - middle_y, middle_y)


@contract("target (N, P, 2), source (N, P, 2) -> target", "P >= 3")
def theta_from_marks(target: Array, source: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.theta_from_marks`."""
    if not (np.isfinite(target).all() and np.isfinite(source).all()):  # LAPACK may never end then
        raise ValueError("expected finite marks, got an infinite one or NaN")
    theta = np.empty((len(target), 2, 3), dtype=target.dtype)
    for n in range(len(target)):
        known = np.ones((target.shape[1], 3))
        known[:, :2] = target[n]
        theta[n] = np.linalg.lstsq(known, source[n].astype(np.float64), rcond=None)[0].T
    return theta


@contract("first (N, 2, 3), second (N, 2, 3) -> first")
def compose(first: Array, second: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.compose`."""
    bottom = np.broadcast_to(np.array([[[0, 0, 1]]], dtype=second.dtype), (len(second), 1, 3))
    product: Array = first @ np.concatenate([second, bottom], axis=1)
    return product


# --- samplers ----------------------------------------------------------------------------------


@njit(**SERIAL)
def _tent(away, zero, one):
    """Return max(0, 1 - |away|): what a pixel at this distance weighs. NaN for NaN."""
    near = one - abs(away)
    return zero if near < zero else near


@njit(**SERIAL)
def _corner(p, last, zero):
    """Return the pixel before `p`, or the nearest one from 0 to `last`."""
    before = np.floor(p)
    before = before if before > zero else zero  # NaN too: it must not become an index
    return before if before < last else last


@njit(**SERIAL)
def _look(grid, inside, width, places, upper, lower):
    """Find the upper left pixel and the four weights of every position."""
    kind = grid.dtype.type
    zero, one, two = kind(0), kind(1), kind(2)
    long, wide = kind(inside[0] - 1), kind(inside[1] - 1)
    last_row, last_column = max(long - one, zero), max(wide - one, zero)
    for k in range(places.size):
        p, q = (grid[2 * k] + one) * wide / two, (grid[2 * k + 1] + one) * long / two
        left, top = _corner(p, last_column, zero), _corner(q, last_row, zero)
        places[k] = np.int32(top) * np.int32(width) + np.int32(left)
        p, q = p - left, q - top
        near_p, far_p = _tent(p, zero, one), _tent(p - one, zero, one)
        near_q, far_q = _tent(q, zero, one), _tent(q - one, zero, one)
        upper[2 * k], upper[2 * k + 1] = near_q * near_p, near_q * far_p
        lower[2 * k], lower[2 * k + 1] = far_q * near_p, far_q * far_p


LOOK = 1024
"""Positions whose places and weights are found together, and used for all channels."""


@njit(**SERIAL)
def _bilinear_stretch(n, first, planes, width, grid, inside, out):
    """Fill a stretch of all channels of one sampled image."""
    size = min(LOOK, out.shape[2] - first)
    places, weights = np.empty(size, np.int32), np.empty((2, 2 * size), out.dtype)
    upper, lower = weights[0], weights[1]
    _look(grid[n, 2 * first : 2 * (first + size)], inside, width, places, upper, lower)
    for c in range(planes.shape[1]):
        plane, line = planes[n, c], out[n, c, first : first + size]
        for k in range(0, size - GROUP + 1, GROUP):
            sample_group(plane, places, width, upper, lower, k, line)
        for k in range(size - size % GROUP, size):
            sample_one(plane, places, width, upper, lower, k, line)


@njit(**SERIAL)
def _bilinear(planes, width, grid, inside, out):
    """See `solutions.spatial_transformer.chapter.bilinear_sample`."""
    for n in range(out.shape[0]):
        for first in range(0, out.shape[2], LOOK):
            _bilinear_stretch(n, first, planes, width, grid, inside, out)


@njit(**PARALLEL)
def _bilinear_parallel(planes, width, grid, inside, out):
    """See `_bilinear`; a stretch per job."""
    each = (out.shape[2] + LOOK - 1) // LOOK
    for job in prange(out.shape[0] * each):
        _bilinear_stretch(job // each, job % each * LOOK, planes, width, grid, inside, out)


def _planes(image: Array) -> tuple[Array, int]:
    """Return channels as flat planes of at least two rows and columns, and the columns.

    The corners of a position are four pixels, even if three of them weigh nothing.
    """
    N, C, H, W = image.shape
    if min(H, W) < 2:
        image = np.pad(image, [(0, 0), (0, 0), (0, int(H < 2)), (0, int(W < 2))])
    return image.reshape(N, C, image.shape[2] * image.shape[3]), image.shape[3]


@contract("image (N, C, H, W), grid (N, R, S, 2) -> image", "H * W >= 1")
def bilinear_sample(image: Array, grid: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.bilinear_sample`."""
    N, R, S, _ = grid.shape
    out = np.empty((N, image.shape[1], R * S), dtype=image.dtype)
    planes, width = _planes(image)
    run = _bilinear if out.size < SMALL // 8 else _bilinear_parallel
    run(planes, width, grid.reshape(N, 2 * R * S), image.shape[2:], out)
    return out.reshape(N, image.shape[1], R, S)


@njit(**SERIAL)
def _slope(away, zero, one):
    """Return the derivative of `_tent`; at its top, that of the right side."""
    down, up = -one if away < one else zero, one if away >= -one else zero
    return down if away >= zero else up


@njit(**SERIAL)
def _kept(weight, value, zero):
    return zero if weight == zero else weight * value


@njit(**SERIAL)
def _pulls(grid, inside, sums, dgrid):
    """Turn the sums over the channels of gradient times corner into the gradient of the grid."""
    kind = grid.dtype.type
    zero, one, two = kind(0), kind(1), kind(2)
    long, wide = kind(inside[0] - 1), kind(inside[1] - 1)
    last_row, last_column = max(long - one, zero), max(wide - one, zero)
    for k in range(grid.size // 2):
        p, q = (grid[2 * k] + one) * wide / two, (grid[2 * k + 1] + one) * long / two
        p, q = p - _corner(p, last_column, zero), q - _corner(q, last_row, zero)
        near_p, far_p = _tent(p, zero, one), _tent(p - one, zero, one)
        near_q, far_q = _tent(q, zero, one), _tent(q - one, zero, one)
        left, right = _slope(p, zero, one), _slope(p - one, zero, one)
        top, bottom = _slope(q, zero, one), _slope(q - one, zero, one)
        upper_left, upper_right = sums[4 * k], sums[4 * k + 1]
        lower_left, lower_right = sums[4 * k + 2], sums[4 * k + 3]
        along = _kept(near_q * left, upper_left, zero) + _kept(near_q * right, upper_right, zero)
        along += _kept(far_q * left, lower_left, zero) + _kept(far_q * right, lower_right, zero)
        down = _kept(near_p * top, upper_left, zero) + _kept(far_p * top, upper_right, zero)
        down += _kept(near_p * bottom, lower_left, zero) + _kept(far_p * bottom, lower_right, zero)
        dgrid[2 * k], dgrid[2 * k + 1] = along * wide / two, down * long / two


@njit(**SERIAL)
def _bilinear_back(n, dv, planes, width, grid, inside, dplanes, dgrid):
    """Collect the gradients of one image and of its grid."""
    size, own = dv.shape[2], 4 * (width + 1)
    places, weights = np.empty(size, np.int32), np.empty((2, 2 * size), dv.dtype)
    upper, lower = weights[0], weights[1]
    sums, dense = np.zeros(4 * size, dv.dtype), np.empty(own + 4 * planes.shape[2], dv.dtype)
    _look(grid[n], inside, width, places, upper, lower)
    for c in range(dv.shape[1]):
        plane, slope = planes[n, c], dv[n, c]
        dense[:] = 0
        for k in range(size):
            place = np.int64(places[k])
            at = own + 4 * place
            return_one(plane, width, upper, lower, k, place, slope[k], dense, at, sums)
        dplane = dplanes[n, c]
        for i in range(0, dplane.size - GROUP + 1, GROUP):
            fold_group(dense, width, i, dplane)
        for i in range(dplane.size - dplane.size % GROUP, dplane.size):
            fold_one(dense, width, i, dplane)
    _pulls(grid[n], inside, sums, dgrid[n])


@njit(**SERIAL)
def _bilinear_backward(dv, planes, width, grid, inside, dplanes, dgrid):
    """See `solutions.spatial_transformer.chapter.bilinear_sample_backward`."""
    for n in range(dv.shape[0]):
        _bilinear_back(n, dv, planes, width, grid, inside, dplanes, dgrid)


@njit(**PARALLEL)
def _bilinear_backward_parallel(dv, planes, width, grid, inside, dplanes, dgrid):
    """See `_bilinear_backward`; an image per job."""
    for n in prange(dv.shape[0]):
        _bilinear_back(n, dv, planes, width, grid, inside, dplanes, dgrid)


@contract("dv (N, C, R, S), image (N, C, H, W), grid (N, R, S, 2) -> image, grid", "H * W >= 1")
def bilinear_sample_backward(dv: Array, image: Array, grid: Array) -> tuple[Array, Array]:
    """See `solutions.spatial_transformer.chapter.bilinear_sample_backward`."""
    (N, C, R, S), (H, W) = dv.shape, image.shape[2:]
    planes, width = _planes(image)
    dplanes, dgrid = np.empty_like(planes), np.empty_like(grid)
    run = _bilinear_backward if dv.size < SMALL // 16 else _bilinear_backward_parallel
    flat = dv.reshape(N, C, R * S), planes, width, grid.reshape(N, 2 * R * S)
    run(*flat, (H, W), dplanes, dgrid.reshape(N, 2 * R * S))
    dimage = np.ascontiguousarray(
        dplanes.reshape(N, C, planes.shape[2] // width, width)[:, :, :H, :W]
    )
    return dimage, dgrid


@njit(**SERIAL)
def _nearest(n, planes, grid, inside, out):
    """Fill one sampled image: find the pixels once, and use them for all channels."""
    kind, size = grid.dtype.type, out.shape[2]
    places, found = np.empty(size, np.int32), np.empty(size, np.int32)
    one, two, none = kind(1), kind(2), kind(-1)
    height, width = inside
    long, wide = kind(height - 1), kind(width - 1)
    for k in range(size):
        p = np.rint((grid[n, 2 * k] + one) * wide / two)
        q = np.rint((grid[n, 2 * k + 1] + one) * long / two)
        seen = (p > none) & (p <= wide) & (q > none) & (q <= long)
        row, column = np.int32(q if seen else kind(0)), np.int32(p if seen else kind(0))
        places[k], found[k] = row * np.int32(width) + column, seen
    for c in range(planes.shape[1]):
        plane, line = planes[n, c], out[n, c]
        for k in range(0, size - GROUP + 1, GROUP):
            pick_group(plane, places, found, k, line)
        for k in range(size - size % GROUP, size):
            pick_one(plane, places, found, k, line)


@njit(**SERIAL)
def _nearest_serial(planes, grid, inside, out):
    """See `solutions.spatial_transformer.chapter.nearest_sample`."""
    for n in range(planes.shape[0]):
        _nearest(n, planes, grid, inside, out)


@njit(**PARALLEL)
def _nearest_parallel(planes, grid, inside, out):
    """See `_nearest_serial`; an image per job."""
    for n in prange(planes.shape[0]):
        _nearest(n, planes, grid, inside, out)


@contract("image (N, C, H, W), grid (N, R, S, 2) -> image", "H * W >= 1")
def nearest_sample(image: Array, grid: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.nearest_sample`."""
    (N, C, H, W), (_, R, S, _) = image.shape, grid.shape
    out = np.empty((N, C, R, S), dtype=image.dtype)
    run = _nearest_serial if out.size < SMALL else _nearest_parallel
    flat = grid.reshape(N, 2 * R * S)
    run(image.reshape(N, C, H * W), flat, (H, W), out.reshape(N, C, R * S))
    return out


def _undone(theta: Array) -> Array:
    """Return the inverse map of each theta."""
    full = np.zeros((len(theta), 3, 3))
    full[:, :2], full[:, 2, 2] = theta, 1.0
    if not np.all(np.linalg.det(full)):
        raise ValueError("expected theta with two columns that can be inverted, got a flat one")
    return np.linalg.inv(full)[:, :2]


@contract(
    "image (N, C, H, W), theta (N, 2, 3), picture (N, C, R, S) -> image",
    "N >= 1",
    "C >= 1",
    "min(H, W) >= 2",
    "min(R, S) >= 2",
)
def name_the_bug(image: Array, theta: Array, picture: Array) -> tuple[str, Array]:
    """See `solutions.spatial_transformer.chapter.name_the_bug`."""
    dtype, image, theta = image.dtype, image.astype(np.float64), theta.astype(np.float64)
    sides, size = np.array(image.shape[:1:-1]), np.array(picture.shape[:1:-1])
    shape = picture.shape[2], picture.shape[3]
    grid = affine_grid(theta, shape)
    to_edges = np.append((size - 1) / size, 1.0)
    suspects = {
        "right": bilinear_sample(image, grid),
        "inverse": bilinear_sample(image, affine_grid(_undone(theta), shape)),
        "swapped": bilinear_sample(image, np.ascontiguousarray(grid[..., ::-1])),
        "half_pixel": bilinear_sample(
            image, affine_grid(theta * to_edges, shape) * (sides / (sides - 1))
        ),
        "nearest": nearest_sample(image, grid),
        "clamped": bilinear_sample(image, np.clip(grid, -1.0, 1.0)),
    }
    gaps = np.array([np.mean(np.square(drawn - picture)) for drawn in suspects.values()])
    return list(suspects)[int(np.argmin(gaps))], gaps.astype(dtype)


# --- the localisation net ----------------------------------------------------------------------


@contract("hidden int >= 0")
def identity_regression(hidden: int) -> tuple[Array, Array]:
    """See `solutions.spatial_transformer.chapter.identity_regression`."""
    return np.zeros((6, hidden)), np.eye(2, 3).ravel()


def _dense(x: Array, w: Array, b: Array) -> Array:
    out = np.empty((len(x), len(w)), x.dtype)
    out[:] = b
    return matmul(x, w, out, turn_b=True, add=True)


@contract("image (N, C, H, W), w1 (D, C*H*W), b1 (D), w2 (6, D), b2 (6) -> image")
def localisation_forward(image: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.localisation_forward`."""
    hidden = _dense(image.reshape(len(image), w1.shape[1]), w1, b1)
    return _dense(np.maximum(hidden, 0, out=hidden), w2, b2).reshape(-1, 2, 3)


def _times(a: Array, b: Array, turn_a: bool = False) -> Array:
    """Return ``a @ b``, or ``a.T @ b``."""
    return matmul(a, b, np.empty((a.shape[turn_a], b.shape[1]), a.dtype), turn_a=turn_a)


@contract(
    "dv (N, C, R, S), image (N, C, H, W), w1 (D, C*H*W), b1 (D), w2 (6, D), b2 (6) -> image",
    "H * W >= 1",
)
def transformer_backward(
    dv: Array, image: Array, w1: Array, b1: Array, w2: Array, b2: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """See `solutions.spatial_transformer.chapter.transformer_backward`."""
    flat = image.reshape(len(image), w1.shape[1])
    hidden = np.maximum(_dense(flat, w1, b1), 0)
    theta = _dense(hidden, w2, b2).reshape(-1, 2, 3)
    grid = affine_grid(theta, (dv.shape[2], dv.shape[3]))
    dimage, dgrid = bilinear_sample_backward(dv, image, grid)
    dtheta = affine_grid_backward(dgrid).reshape(-1, 6)
    dhidden = _times(dtheta, w2)
    dhidden[hidden <= 0] = 0
    dimage += _times(dhidden, w1).reshape(image.shape)
    first = _times(dhidden, flat, turn_a=True), dhidden.sum(axis=0)
    last = _times(dtheta, hidden, turn_a=True), dtheta.sum(axis=0)
    return dimage, *first, *last
