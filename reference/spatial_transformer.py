"""Affine and projective grids, and the samplers that read images through them.

A job of a sampler is one output row of one image; backwards, where output pixels share input
pixels, it is one whole image. So no two jobs share a write and the bits do not depend on the number
of threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference._jit import PARALLEL, SERIAL, njit, prange

__all__ = [
    "affine_grid",
    "affine_grid_backward",
    "bilinear_sample",
    "bilinear_sample_backward",
    "compose",
    "crop_theta",
    "identity_regression",
    "localisation_forward",
    "nearest_sample",
    "projective_grid",
    "rotation_theta",
    "scale_theta",
    "shear_theta",
    "translation_theta",
]

Array = NDArray[Any]


def _ready(*arrays: Array) -> list[Array]:
    """Return the arrays C-ordered, all in one float dtype (float32 only if all are)."""
    single = all(np.asarray(array).dtype == np.float32 for array in arrays)
    return [np.ascontiguousarray(a, dtype=np.float32 if single else np.float64) for a in arrays]


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


def affine_grid(theta: Array, out_shape: tuple[int, int]) -> Array:
    """See `solutions.spatial_transformer.chapter.affine_grid`."""
    (theta,) = _ready(theta)
    out = np.empty((len(theta), *out_shape, 2), dtype=theta.dtype)
    _grid(theta, out)
    return out


def projective_grid(matrix: Array, out_shape: tuple[int, int]) -> Array:
    """See `solutions.spatial_transformer.chapter.projective_grid`."""
    return affine_grid(matrix, out_shape)


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


def affine_grid_backward(dgrid: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.affine_grid_backward`."""
    (dgrid,) = _ready(dgrid)
    dtheta = np.empty((len(dgrid), 2, 3), dtype=dgrid.dtype)
    _grid_backward(dgrid, dtheta)
    return dtheta


# --- maps: each is the inverse of what the picture does -----------------------------------------


def _theta(*entries: Array | float) -> Array:
    """Stack the six entries, row by row, into matrices of the dtype of the arrays among them."""
    arrays = [entry for entry in entries if isinstance(entry, np.ndarray)]
    rows = np.stack(np.broadcast_arrays(*(np.asarray(entry) for entry in entries)), axis=-1)
    return rows.reshape(-1, 2, 3).astype(arrays[0].dtype)


def translation_theta(tx: Array, ty: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.translation_theta`."""
    return _theta(1.0, 0.0, -tx, 0.0, 1.0, -ty)


def rotation_theta(angle: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.rotation_theta`."""
    cos, sin = np.cos(angle), np.sin(angle)
    return _theta(cos, sin, 0.0, -sin, cos, 0.0)


def scale_theta(sx: Array, sy: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.scale_theta`."""
    return _theta(np.reciprocal(sx), 0.0, 0.0, 0.0, np.reciprocal(sy), 0.0)


def shear_theta(kx: Array, ky: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.shear_theta`."""
    area = 1 - kx * ky
    return _theta(1 / area, -kx / area, 0.0, -ky / area, 1 / area, 0.0)


def crop_theta(left: Array, top: Array, right: Array, bottom: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.crop_theta`."""
    middle_x, middle_y = 0.5 * (left + right), 0.5 * (top + bottom)
    return _theta(right - middle_x, 0.0, middle_x, 0.0, bottom - middle_y, middle_y)


def compose(first: Array, second: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.compose`."""
    bottom = np.broadcast_to(np.array([[[0, 0, 1]]], dtype=second.dtype), (len(second), 1, 3))
    product: Array = first @ np.concatenate([second, bottom], axis=1)
    return product


# --- samplers ----------------------------------------------------------------------------------


@njit(**SERIAL)
def _bilinear_row(job: int, image: Array, grid: Array, out: Array) -> None:
    """Fill one output row of one image."""
    _, C, H, W = image.shape
    n, r = job // grid.shape[1], job % grid.shape[1]
    for s in range(grid.shape[2]):
        p = 0.5 * (grid[n, r, s, 0] + 1) * (W - 1)
        q = 0.5 * (grid[n, r, s, 1] + 1) * (H - 1)
        left, top = int(np.floor(p)), int(np.floor(q))
        across, down = p - left, q - top
        for c in range(C):
            value = 0.0
            for i in range(2):
                row = top + i
                if row < 0 or row >= H:
                    continue
                weight = down if i else 1 - down
                if 0 <= left < W:
                    value += weight * (1 - across) * image[n, c, row, left]
                if 0 <= left + 1 < W:
                    value += weight * across * image[n, c, row, left + 1]
            out[n, c, r, s] = value


@njit(**PARALLEL)
def _bilinear_rows(jobs: int, image: Array, grid: Array, out: Array) -> None:
    """See `solutions.spatial_transformer.chapter.bilinear_sample`."""
    for job in prange(jobs):
        _bilinear_row(job, image, grid, out)


def bilinear_sample(image: Array, grid: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.bilinear_sample`."""
    dtype = image.dtype
    image, grid = _ready(image, grid)
    N, R, S, _ = grid.shape
    out = np.empty((N, image.shape[1], R, S), dtype=image.dtype)
    _bilinear_rows(N * R, image, grid, out)
    return out.astype(dtype, copy=False)


@njit(**SERIAL)
def _bilinear_image_backward(
    n: int, dv: Array, image: Array, grid: Array, dimage: Array, dgrid: Array
) -> None:
    """Collect the gradients of one image and of its grid."""
    _, C, H, W = image.shape
    for r in range(grid.shape[1]):
        for s in range(grid.shape[2]):
            p = 0.5 * (grid[n, r, s, 0] + 1) * (W - 1)
            q = 0.5 * (grid[n, r, s, 1] + 1) * (H - 1)
            left, top = int(np.floor(p)), int(np.floor(q))
            pull_p, pull_q = 0.0, 0.0
            for i in range(2):
                row = top + i
                if row < 0 or row >= H:
                    continue
                weight_q, sign_q = (q - top, 1.0) if i else (1 - (q - top), -1.0)
                for j in range(2):
                    column = left + j
                    if column < 0 or column >= W:
                        continue
                    weight_p, sign_p = (p - left, 1.0) if j else (1 - (p - left), -1.0)
                    for c in range(C):
                        gradient = dv[n, c, r, s]
                        dimage[n, c, row, column] += weight_q * weight_p * gradient
                        pull = gradient * image[n, c, row, column]
                        pull_p += sign_p * weight_q * pull
                        pull_q += sign_q * weight_p * pull
            dgrid[n, r, s, 0] = 0.5 * (W - 1) * pull_p
            dgrid[n, r, s, 1] = 0.5 * (H - 1) * pull_q


@njit(**PARALLEL)
def _bilinear_images_backward(
    jobs: int, dv: Array, image: Array, grid: Array, dimage: Array, dgrid: Array
) -> None:
    """See `solutions.spatial_transformer.chapter.bilinear_sample_backward`."""
    for n in prange(jobs):
        _bilinear_image_backward(n, dv, image, grid, dimage, dgrid)


def bilinear_sample_backward(dv: Array, image: Array, grid: Array) -> tuple[Array, Array]:
    """See `solutions.spatial_transformer.chapter.bilinear_sample_backward`."""
    dtypes = image.dtype, grid.dtype
    dv, image, grid = _ready(dv, image, grid)
    dimage, dgrid = np.zeros_like(image), np.empty_like(grid)
    _bilinear_images_backward(len(image), dv, image, grid, dimage, dgrid)
    return dimage.astype(dtypes[0], copy=False), dgrid.astype(dtypes[1], copy=False)


@njit(**SERIAL)
def _nearest(image: Array, grid: Array, out: Array) -> None:
    """See `solutions.spatial_transformer.chapter.nearest_sample`."""
    N, C, H, W = image.shape
    for n in range(N):
        for r in range(grid.shape[1]):
            for s in range(grid.shape[2]):
                column = int(np.rint((grid[n, r, s, 0] + 1) * (W - 1) / 2))
                row = int(np.rint((grid[n, r, s, 1] + 1) * (H - 1) / 2))
                if 0 <= row < H and 0 <= column < W:
                    for c in range(C):
                        out[n, c, r, s] = image[n, c, row, column]


def nearest_sample(image: Array, grid: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.nearest_sample`."""
    image, grid = np.ascontiguousarray(image), np.ascontiguousarray(grid)
    N, R, S, _ = grid.shape
    out = np.zeros((N, image.shape[1], R, S), dtype=image.dtype)
    _nearest(image, grid, out)
    return out


# --- the localisation net ----------------------------------------------------------------------


def identity_regression(hidden: int) -> tuple[Array, Array]:
    """See `solutions.spatial_transformer.chapter.identity_regression`."""
    return np.zeros((6, hidden)), np.eye(2, 3).ravel()


@njit(**SERIAL)
def _localise(flat: Array, w1: Array, b1: Array, w2: Array, b2: Array, out: Array) -> None:
    """See `solutions.spatial_transformer.chapter.localisation_forward`."""
    for n in range(flat.shape[0]):
        six = out[n].reshape(6)
        six[:] = b2
        for unit in range(w1.shape[0]):
            net = b1[unit] + 0.0
            for pixel in range(flat.shape[1]):
                net += w1[unit, pixel] * flat[n, pixel]
            if net > 0:
                for k in range(6):
                    six[k] += w2[k, unit] * net


def localisation_forward(image: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> Array:
    """See `solutions.spatial_transformer.chapter.localisation_forward`."""
    image, w1, b1, w2, b2 = _ready(image, w1, b1, w2, b2)
    out = np.empty((len(image), 2, 3), dtype=image.dtype)
    _localise(image.reshape(len(image), -1), w1, b1, w2, b2, out)
    return out
