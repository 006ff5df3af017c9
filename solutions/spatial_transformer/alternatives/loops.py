"""Spatial transformers in plain loops over positions and pixels."""

# %%
import math

import numpy as np


# %%
def _line(size):
    return [0.0] if size == 1 else [-1 + 2 * k / (size - 1) for k in range(size)]


# %%
def affine_grid(theta, out_shape):
    out = np.zeros((theta.shape[0], out_shape[0], out_shape[1], 2), dtype=theta.dtype)
    for n in range(theta.shape[0]):
        for r, y in enumerate(_line(out_shape[0])):
            for s, x in enumerate(_line(out_shape[1])):
                for k in range(2):
                    row = theta[n, k]
                    out[n, r, s, k] = float(row[0]) * x + float(row[1]) * y + float(row[2])
    return out


# %%
def content_theta(motion, amount):
    out = []
    for row in amount.astype(float):
        if motion == "translate":
            out.append([[1, 0, -row[0]], [0, 1, -row[1]]])
        elif motion == "rotate":
            c, s = math.cos(row[0]), math.sin(row[0])
            out.append([[c, s, 0], [-s, c, 0]])
        elif motion == "scale":
            out.append([[1 / row[0], 0, 0], [0, 1 / row[1], 0]])
        elif motion == "shear":
            area = 1 - row[0] * row[1]
            out.append([[1 / area, -row[0] / area, 0], [-row[1] / area, 1 / area, 0]])
    return np.array(out, dtype=amount.dtype)


# %%
def crop_theta(left, top, right, bottom):
    out = np.zeros((len(left), 2, 3), dtype=left.dtype)
    for n in range(len(left)):
        width, height = right[n] - left[n], bottom[n] - top[n]
        out[n] = [[width / 2, 0, left[n] + width / 2], [0, height / 2, top[n] + height / 2]]
    return out


# %%
def theta_from_marks(target, source):
    out = np.zeros((len(target), 2, 3), dtype=target.dtype)
    for n in range(len(target)):
        rows = np.array([[x, y, 1.0] for x, y in target[n].tolist()])
        for k in range(2):
            wanted = source[n, :, k].astype(float)
            out[n, k] = np.linalg.lstsq(rows, wanted, rcond=None)[0]
    return out


# %%
def compose(first, second):
    out = np.zeros(first.shape, dtype=first.dtype)
    for n in range(len(first)):
        for i in range(2):
            for j in range(3):
                out[n, i, j] = sum(first[n, i, k] * second[n, k, j] for k in range(2))
            out[n, i, 2] += first[n, i, 2]
    return out


# %%
def projective_grid(matrix, out_shape):
    out = np.zeros((len(matrix), *out_shape, 2), dtype=matrix.dtype)
    for n in range(len(matrix)):
        for r, y in enumerate(_line(out_shape[0])):
            for s, x in enumerate(_line(out_shape[1])):
                a, b, w = matrix[n].astype(float) @ [x, y, 1.0]
                out[n, r, s] = a / w, b / w
    return out


# %%
def bilinear_sample(image, grid):
    N, C, H, W = image.shape
    out = np.zeros((N, C, *grid.shape[1:3]), dtype=image.dtype)
    for n, r, s in np.ndindex(grid.shape[:3]):
        p = (float(grid[n, r, s, 0]) + 1) / 2 * (W - 1)
        q = (float(grid[n, r, s, 1]) + 1) / 2 * (H - 1)
        for c in range(C):
            value = 0.0
            for i in range(H):
                for j in range(W):
                    value += image[n, c, i, j] * max(0, 1 - abs(q - i)) * max(0, 1 - abs(p - j))
            out[n, c, r, s] = value
    return out


# %%
def nearest_sample(image, grid):
    N, C, H, W = image.shape
    out = np.zeros((N, C, *grid.shape[1:3]), dtype=image.dtype)
    for n, r, s in np.ndindex(grid.shape[:3]):
        j = round((float(grid[n, r, s, 0]) + 1) / 2 * (W - 1))
        i = round((float(grid[n, r, s, 1]) + 1) / 2 * (H - 1))
        if 0 <= i < H and 0 <= j < W:
            out[n, :, r, s] = image[n, :, i, j]
    return out


# %%
def _edges(theta, inside, size):
    """The grid of somebody who counts from the outer edges, in terms of the centres."""
    (H, W), (R, S) = inside, size
    out = np.zeros((len(theta), R, S, 2))
    for n in range(len(theta)):
        for r in range(R):
            for s in range(S):
                place = [(2 * s + 1) / S - 1, (2 * r + 1) / R - 1, 1.0]
                x, y = theta[n].astype(float) @ place
                column, row = ((x + 1) * W - 1) / 2, ((y + 1) * H - 1) / 2
                out[n, r, s] = 2 * column / (W - 1) - 1, 2 * row / (H - 1) - 1
    return out


def name_the_bug(image, theta, picture):
    size = picture.shape[2:]
    grid = affine_grid(theta, size)
    undone = np.zeros_like(theta)
    for n in range(len(theta)):
        undone[n, :, :2] = np.linalg.inv(theta[n, :, :2])
        undone[n, :, 2] = -undone[n, :, :2] @ theta[n, :, 2]
    drawn = [
        ("right", bilinear_sample(image, grid)),
        ("inverse", bilinear_sample(image, affine_grid(undone, size))),
        ("swapped", bilinear_sample(image, np.flip(grid, axis=3))),
        ("half_pixel", bilinear_sample(image, _edges(theta, image.shape[2:], size))),
        ("nearest", nearest_sample(image, grid)),
        ("clamped", bilinear_sample(image, np.clip(grid, -1, 1))),
    ]
    gaps, best = [], 0
    for k, (_, other) in enumerate(drawn):
        squares = [(float(a) - float(b)) ** 2 for a, b in zip(other.ravel(), picture.ravel())]
        gaps.append(sum(squares) / len(squares))
        if gaps[k] < gaps[best]:
            best = k
    return drawn[best][0], np.array(gaps, dtype=image.dtype)


# %%
def bilinear_sample_backward(dv, image, grid):
    C, H, W = image.shape[1:]
    dimage, dgrid = np.zeros(image.shape), np.zeros(grid.shape)
    for n, r, s in np.ndindex(grid.shape[:3]):
        p = (float(grid[n, r, s, 0]) + 1) / 2 * (W - 1)
        q = (float(grid[n, r, s, 1]) + 1) / 2 * (H - 1)
        for i in range(H):
            for j in range(W):
                if abs(q - i) >= 1 or abs(p - j) >= 1:
                    continue
                across, down = 1 - abs(p - j), 1 - abs(q - i)
                for c in range(C):
                    g = float(dv[n, c, r, s])
                    dimage[n, c, i, j] += g * across * down
                    pull = g * float(image[n, c, i, j])
                    dgrid[n, r, s, 0] += pull * down * (1 if j > p else -1) * (W - 1) / 2
                    dgrid[n, r, s, 1] += pull * across * (1 if i > q else -1) * (H - 1) / 2
    return dimage.astype(image.dtype), dgrid.astype(grid.dtype)


# %%
def affine_grid_backward(dgrid):
    out = np.zeros((len(dgrid), 2, 3))
    for n in range(len(dgrid)):
        for r, y in enumerate(_line(dgrid.shape[1])):
            for s, x in enumerate(_line(dgrid.shape[2])):
                for k in range(2):
                    out[n, k] += float(dgrid[n, r, s, k]) * np.array([x, y, 1.0])
    return out.astype(dgrid.dtype)


# %%
def identity_regression(hidden):
    bias = [0.0] * 6
    bias[0] = bias[4] = 1.0
    return np.array([[0.0] * hidden for _ in range(6)]), np.array(bias)


# %%
def localisation_forward(image, w1, b1, w2, b2):
    out = np.zeros((len(image), 2, 3), dtype=image.dtype)
    for n in range(len(image)):
        u = [float(v) for v in image[n].flat]
        h = [max(0.0, float(w1[d] @ np.array(u)) + float(b1[d])) for d in range(len(b1))]
        for k in range(6):
            out[n, k // 3, k % 3] = float(b2[k]) + sum(
                float(w2[k, d]) * h[d] for d in range(len(h))
            )
    return out


# %%
def transformer_backward(dv, image, w1, b1, w2, b2):
    dimage, dw1, db1 = np.zeros_like(image), np.zeros_like(w1), np.zeros_like(b1)
    dw2, db2 = np.zeros_like(w2), np.zeros_like(b2)
    theta = localisation_forward(image, w1, b1, w2, b2)
    dsampled, dgrid = bilinear_sample_backward(dv, image, affine_grid(theta, dv.shape[2:]))
    dtheta = affine_grid_backward(dgrid)
    for n in range(len(image)):
        u = image[n].ravel()
        net = w1 @ u + b1
        h = np.where(net > 0, net, 0)
        pull = dtheta[n].ravel()
        db2 += pull
        dw2 += np.outer(pull, h)
        blame = np.zeros_like(b1)
        for d in range(len(b1)):
            if net[d] > 0:
                blame[d] = np.sum(w2[:, d] * pull)
        db1 += blame
        dw1 += np.outer(blame, u)
        dimage[n] = dsampled[n] + (blame @ w1).reshape(image.shape[1:])
    return dimage, dw1, db1, dw2, db2
