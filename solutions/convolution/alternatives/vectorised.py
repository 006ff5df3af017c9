"""Convolution with window views and einsum; backwards through im2col."""

# %%
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


# %%
def _bordered(x, p, value=0):
    return np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)], constant_values=value)


# %%
def _windows(x, kh, kw, stride, padding, dilation=1, value=0):
    """(N, C, OH, OW, KH, KW) view."""
    full = (dilation * (kh - 1) + 1, dilation * (kw - 1) + 1)
    view = sliding_window_view(_bordered(x, padding, value), full, axis=(2, 3))
    return view[:, :, ::stride, ::stride, ::dilation, ::dilation]


# %%
def smooth_track(positions, weights):
    lags = np.arange(len(positions))[:, None] - np.arange(len(positions))
    inside = (lags >= 0) & (lags < len(weights))
    mix = np.where(inside, weights[np.where(inside, lags, 0)], 0)
    mix = mix / mix.sum(axis=1, keepdims=True)
    return (mix @ positions).astype(positions.dtype)


# %%
def conv1d(signal, kernel, stride=1, padding=0):
    padded = np.concatenate(
        [np.zeros(padding, signal.dtype), signal, np.zeros(padding, signal.dtype)]
    )
    return (sliding_window_view(padded, len(kernel))[::stride] @ kernel).astype(signal.dtype)


# %%
def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return int(np.ceil(size / stride))
    p = {"valid": 0}.get(padding, padding)
    room = size + 2 * p - (dilation * (kernel - 1) + 1)
    return np.int64(room // stride + 1) if room >= 0 else 0


# %%
def same_padding(size, kernel, stride=1):
    total = max(kernel - stride if size % stride == 0 else kernel - size % stride, 0)
    return total // 2, -(-total // 2)


# %%
def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    view = _windows(x, *w.shape[2:], stride, padding, dilation)
    y = np.einsum("ncijuv,fcuv->nfij", view, w, optimize=True)
    return (y + b.reshape(1, -1, 1, 1)).astype(x.dtype)


# %%
def translate(x, down, right):
    H, W = x.shape[-2:]
    rows, cols = np.arange(H) - down, np.arange(W) - right
    keep = ((rows >= 0) & (rows < H))[:, None] & ((cols >= 0) & (cols < W))
    return np.where(keep, x[:, :, rows.clip(0, H - 1)][..., cols.clip(0, W - 1)], 0).astype(x.dtype)


# %%
def equivariance_gap(f, g, x):
    return np.linalg.norm(np.ravel(f(g(x)) - g(f(x))), np.inf)


# %%
def im2col(x, kernel, stride=1, padding=0):
    view = _windows(x, *kernel, stride, padding)
    N, C, OH, OW, KH, KW = view.shape
    return view.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * KH * KW, OH * OW)


# %%
def _targets(shape, kernel, stride, padding, dilation=1):
    """Flat index of the padded pixel under each (tap, window)."""
    H, W = shape[2] + 2 * padding, shape[3] + 2 * padding
    OH = (H - dilation * (kernel[0] - 1) - 1) // stride + 1
    OW = (W - dilation * (kernel[1] - 1) - 1) // stride + 1
    u, v, i, j = np.ogrid[: kernel[0], : kernel[1], :OH, :OW]
    return (i * stride + u * dilation) * W + j * stride + v * dilation


# %%
def col2im(columns, shape, kernel, stride=1, padding=0):
    N, C, H, W = shape
    flat = np.zeros((N * C, (H + 2 * padding) * (W + 2 * padding)), columns.dtype)
    target = _targets(shape, kernel, stride, padding).ravel()
    np.add.at(flat, (slice(None), target), columns.reshape(N * C, -1))
    full = flat.reshape(N, C, H + 2 * padding, W + 2 * padding)
    return full[:, :, padding : padding + H, padding : padding + W]


# %%
def conv2d_backward(dy, x, w, stride=1, padding=0, dilation=1):
    N, C, H, W = x.shape
    view = _windows(x, *w.shape[2:], stride, padding, dilation)
    dw = np.einsum("nfij,ncijuv->fcuv", dy, view, optimize=True)
    shares = np.einsum("nfij,fcuv->ncuvij", dy, w, optimize=True)
    flat = np.zeros((N * C, (H + 2 * padding) * (W + 2 * padding)), x.dtype)
    target = _targets(x.shape, w.shape[2:], stride, padding, dilation).ravel()
    np.add.at(flat, (slice(None), target), shares.reshape(N * C, -1))
    full = flat.reshape(N, C, H + 2 * padding, W + 2 * padding)
    return full[:, :, padding : H + padding, padding : W + padding], dw, np.einsum("nfij->f", dy)


# %%
def max_pool_forward(x, size, stride=None, padding=0):
    return _windows(x, size, size, stride or size, padding, value=-np.inf).max(axis=(-2, -1))


# %%
def max_pool_backward(dy, x, size, stride=None, padding=0):
    N, C, H, W = x.shape
    step = stride or size
    view = _windows(x, size, size, step, padding, value=-np.inf)
    u, v = np.divmod(view.reshape(*view.shape[:4], -1).argmax(axis=-1), size)
    n, c, i, j = np.ogrid[tuple(slice(k) for k in dy.shape)]
    dx = np.zeros((N, C, H + 2 * padding, W + 2 * padding), x.dtype)
    np.add.at(dx, (n, c, i * step + u, j * step + v), dy)
    return dx[:, :, padding : padding + H, padding : padding + W]


# %%
def avg_pool_forward(x, size, stride=None, padding=0):
    view = _windows(x, size, size, stride or size, padding, value=np.nan)
    return np.nanmean(view, axis=(-2, -1))


# %%
def avg_pool_backward(dy, x, size, stride=None, padding=0):
    N, C, H, W = x.shape
    step = stride or size
    real = _windows(np.ones_like(dy, shape=(1, 1, H, W)), size, size, step, padding)
    share = dy / real.sum(axis=(-2, -1))
    flat = np.zeros((N * C, (H + 2 * padding) * (W + 2 * padding)), dy.dtype)
    target = _targets(x.shape, (size, size), step, padding).reshape(size * size, -1)
    for tap in target:
        flat[:, tap] += share.reshape(N * C, -1)
    full = flat.reshape(N, C, H + 2 * padding, W + 2 * padding)
    return full[:, :, padding : padding + H, padding : padding + W]


# %%
def global_avg_pool(x):
    return np.einsum("nchw->nc", x) / (x.shape[2] * x.shape[3])


# %%
def flatten(x):
    return np.stack([image.ravel() for image in x])


# %%
def upsample_nearest(x, factor):
    return np.kron(x, np.ones((1, 1, factor, factor), x.dtype))


# %%
def segmentation_head(x, w, b, factor=1):
    z = np.einsum("kc,nchw->nkhw", w, x) + b[None, :, None, None]
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z - np.log(np.exp(z).sum(axis=1, keepdims=True)))
    return np.repeat(np.repeat(p, factor, axis=3), factor, axis=2)


# %%
def local_response_norm(x, r=5, alpha=1e-4, beta=0.75, k=2.0):
    half, maps = r // 2, np.arange(x.shape[1])
    near = (np.abs(maps[:, None] - maps) <= half).astype(x.dtype)
    energy = np.einsum("ij,njhw->nihw", near, x**2)
    return x / np.power(k + alpha * energy, beta)


# %%
def conv_cost(out_shape, in_channels, kernel, itemsize=4):
    weights = np.prod([out_shape[0], in_channels, *kernel])
    outputs = np.prod(out_shape)
    return weights + out_shape[0], outputs * in_channels * np.prod(kernel), outputs * itemsize
