"""Spatial transformers with homogeneous matrices, matrix inverses and interpolation matrices."""

# %%
import numpy as np


# %%
def _full(theta):
    bottom = np.zeros((len(theta), 1, 3), theta.dtype)
    bottom[..., 2] = 1
    return np.concatenate([theta, bottom], axis=1)


# %%
def _targets(out_shape, dtype):
    axes = [np.arange(size) * (2 / max(size - 1, 1)) - (size > 1) for size in out_shape]
    y, x = np.meshgrid(*axes, indexing="ij")
    return np.stack([x.ravel(), y.ravel(), np.ones(x.size)]).astype(dtype)


# %%
def affine_grid(theta, out_shape):
    flat = theta @ _targets(out_shape, theta.dtype)
    return flat.swapaxes(1, 2).reshape(len(theta), *out_shape, 2)


# %%
def _undo(picture, like):
    return np.linalg.inv(picture)[:, :2].astype(like.dtype)


# %%
def content_theta(motion, amount):
    n = len(amount)
    picture = np.tile(np.eye(3), (n, 1, 1))
    if motion == "translate":
        picture[:, :2, 2] = amount
    elif motion == "rotate":
        phase = np.exp(1j * amount[:, 0])
        picture[:, 0, 0] = picture[:, 1, 1] = phase.real
        picture[:, 1, 0] = phase.imag
        picture[:, 0, 1] = -phase.imag
    elif motion == "scale":
        picture[:, [0, 1], [0, 1]] = amount
    else:
        picture[:, [0, 1], [1, 0]] = amount
    return _undo(picture, amount)


# %%
def crop_theta(left, top, right, bottom):
    corners = np.stack([np.stack([left, top], 1), np.stack([right, bottom], 1)])
    half, middle = (corners[1] - corners[0]) / 2, corners.mean(axis=0)
    return np.concatenate([half[:, None] * np.eye(2, dtype=left.dtype), middle[..., None]], axis=2)


# %%
def theta_from_marks(target, source):
    known = np.concatenate([target, np.ones((*target.shape[:2], 1))], axis=2)
    return (np.linalg.pinv(known) @ source).swapaxes(1, 2).astype(target.dtype)


# %%
def compose(first, second):
    return (_full(first) @ _full(second))[:, :2]


# %%
def projective_grid(matrix, out_shape):
    flat = np.einsum("nij,jp->npi", matrix, _targets(out_shape, matrix.dtype))
    return (flat[..., :2] / flat[..., 2:]).reshape(len(matrix), *out_shape, 2)


# %%
def _hats(coordinate, size):
    """Weight of each of `size` pixels, and its slope in normalised units."""
    scale = (size - 1) / 2
    away = (coordinate[..., None] * scale + scale) - np.arange(size)
    near = np.abs(away) < 1
    return np.where(near, 1 - np.abs(away), 0), np.where(near, -np.sign(away) * scale, 0)


# %%
def bilinear_sample(image, grid):
    across, _ = _hats(grid[..., 0], image.shape[3])
    down, _ = _hats(grid[..., 1], image.shape[2])
    out = np.einsum("nchw,nrsh,nrsw->ncrs", image, down, across, optimize=True)
    return out.astype(image.dtype)


# %%
def nearest_sample(image, grid):
    def place(coordinate, size):
        scale = (size - 1) / 2
        return (np.rint(coordinate * scale + scale)[..., None] == np.arange(size)).astype(
            image.dtype
        )

    down, across = place(grid[..., 1], image.shape[2]), place(grid[..., 0], image.shape[3])
    return np.einsum("nchw,nrsh,nrsw->ncrs", image, down, across)


# %%
def name_the_bug(image, theta, picture):
    H, W = image.shape[2:]
    shape = R, S = picture.shape[2:]
    grid = affine_grid(theta, shape)
    inner = np.diag([W / (W - 1), H / (H - 1), 1])
    outer = np.diag([(S - 1) / S, (R - 1) / R, 1])
    half = (inner @ _full(theta) @ outer)[:, :2]
    drawn = np.stack(
        [
            bilinear_sample(image, grid),
            bilinear_sample(image, affine_grid(np.linalg.inv(_full(theta))[:, :2], shape)),
            bilinear_sample(image, grid[..., [1, 0]]),
            bilinear_sample(image, affine_grid(half, shape)),
            nearest_sample(image, grid),
            bilinear_sample(image, np.maximum(-1, np.minimum(1, grid))),
        ]
    )
    gaps = np.square(drawn - picture).mean(axis=(1, 2, 3, 4))
    names = ["right", "inverse", "swapped", "half_pixel", "nearest", "clamped"]
    return names[int(gaps.argmin())], gaps.astype(image.dtype)


# %%
def bilinear_sample_backward(dv, image, grid):
    across, dacross = _hats(grid[..., 0], image.shape[3])
    down, ddown = _hats(grid[..., 1], image.shape[2])
    dimage = np.einsum("ncrs,nrsh,nrsw->nchw", dv, down, across, optimize=True)
    dx = np.einsum("ncrs,nchw,nrsh,nrsw->nrs", dv, image, down, dacross, optimize=True)
    dy = np.einsum("ncrs,nchw,nrsh,nrsw->nrs", dv, image, ddown, across, optimize=True)
    return dimage.astype(image.dtype), np.stack([dx, dy], axis=-1).astype(grid.dtype)


# %%
def affine_grid_backward(dgrid):
    N, R, S, _ = dgrid.shape
    return dgrid.reshape(N, R * S, 2).swapaxes(1, 2) @ _targets((R, S), dgrid.dtype).T


# %%
def identity_regression(hidden):
    return np.zeros([6, hidden]), np.eye(2, 3).reshape(6)


# %%
def localisation_forward(image, w1, b1, w2, b2):
    hidden = np.einsum("dk,nk->nd", w1, image.reshape(image.shape[0], -1)) + b1
    hidden *= hidden > 0
    return np.stack(np.split(hidden @ w2.T + b2, 2, axis=1), axis=1)


# %%
def transformer_backward(dv, image, w1, b1, w2, b2):
    u = image.reshape(image.shape[0], -1)
    net = np.einsum("nk,dk->nd", u, w1) + b1
    on = (net > 0).astype(image.dtype)
    theta = np.einsum("nd,od->no", net * on, w2) + b2
    grid = affine_grid(theta.reshape(-1, 2, 3), dv.shape[2:])
    direct, dgrid = bilinear_sample_backward(dv, image, grid)
    pull = affine_grid_backward(dgrid).reshape(-1, 6)
    blame = np.einsum("no,od,nd->nd", pull, w2, on)
    through_the_net = np.einsum("nd,dk->nk", blame, w1).reshape(image.shape)
    return (
        direct + through_the_net,
        np.einsum("nd,nk->dk", blame, u),
        np.einsum("nd->d", blame),
        np.einsum("no,nd->od", pull, net * on),
        np.einsum("no->o", pull),
    )
