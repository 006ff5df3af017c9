"""Convolution in plain loops over single pixels."""

# %%
import math

import numpy as np


# %%
def smooth_track(positions, weights):
    T, D = positions.shape
    out = np.zeros((T, D), dtype=positions.dtype)
    for t in range(T):
        seen = min(t + 1, len(weights))
        norm = sum(float(weights[a]) for a in range(seen))
        for d in range(D):
            value = 0.0
            for a in range(seen):
                value += float(weights[a]) * float(positions[t - a, d])
            out[t, d] = value / norm
    return out


# %%
def conv1d(signal, kernel, stride=1, padding=0):
    line = [0.0] * padding + [float(v) for v in signal] + [0.0] * padding
    out = []
    start = 0
    while start + len(kernel) <= len(line):
        out.append(sum(float(kernel[u]) * line[start + u] for u in range(len(kernel))))
        start += stride
    return np.array(out, dtype=signal.dtype)


# %%
def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return math.ceil(size / stride)
    p = 0 if padding == "valid" else padding
    count, start = 0, -p
    while start + dilation * (kernel - 1) <= size + p - 1:
        count += 1
        start += stride
    return count


# %%
def same_padding(size, kernel, stride=1):
    end = (math.ceil(size / stride) - 1) * stride + kernel
    total = end - size if end > size else 0
    left = math.floor(total / 2)
    return [left, total - left]


# %%
def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    OH = (H + 2 * padding - dilation * (KH - 1) - 1) // stride + 1
    OW = (W + 2 * padding - dilation * (KW - 1) - 1) // stride + 1
    out = np.empty((N, F, OH, OW), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    value = float(b[f])
                    for u in range(KH):
                        for v in range(KW):
                            r = i * stride + u * dilation - padding
                            q = j * stride + v * dilation - padding
                            if 0 <= r < H and 0 <= q < W:
                                for c in range(C):
                                    value += float(w[f, c, u, v]) * float(x[n, c, r, q])
                    out[n, f, i, j] = value
    return out


# %%
def translate(x, down, right):
    out = np.zeros(x.shape, dtype=x.dtype)
    H, W = x.shape[2], x.shape[3]
    for i in range(H):
        for j in range(W):
            if 0 <= i - down < H and 0 <= j - right < W:
                out[:, :, i, j] = x[:, :, i - down, j - right]
    return out


# %%
def equivariance_gap(f, g, x):
    left, right = f(g(x)), g(f(x))
    worst = 0.0
    for index in np.ndindex(left.shape):
        worst = max(worst, abs(left[index] - right[index]))
    return worst


# %%
def im2col(x, kernel, stride=1, padding=0):
    N, C, H, W = x.shape
    KH, KW = kernel
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    out = np.zeros((N, C * KH * KW, OH * OW), dtype=x.dtype)
    for n in range(N):
        row = 0
        for c in range(C):
            for u in range(KH):
                for v in range(KW):
                    for i in range(OH):
                        for j in range(OW):
                            r, q = i * stride + u - padding, j * stride + v - padding
                            if 0 <= r < H and 0 <= q < W:
                                out[n, row, i * OW + j] = x[n, c, r, q]
                    row += 1
    return out


# %%
def col2im(columns, shape, kernel, stride=1, padding=0):
    N, _, H, W = shape
    KH, KW = kernel
    OW = (W + 2 * padding - KW) // stride + 1
    out = np.zeros(shape, dtype=columns.dtype)
    for n in range(N):
        for row in range(columns.shape[1]):
            c, tap = divmod(row, KH * KW)
            u, v = divmod(tap, KW)
            for window in range(columns.shape[2]):
                i, j = divmod(window, OW)
                r, q = i * stride + u - padding, j * stride + v - padding
                if 0 <= r < H and 0 <= q < W:
                    out[n, c, r, q] += columns[n, row, window]
    return out


# %%
def conv2d_backward(dy, x, w, stride=1, padding=0, dilation=1):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(F)
    for n in range(N):
        for f in range(F):
            for i in range(dy.shape[2]):
                for j in range(dy.shape[3]):
                    g = float(dy[n, f, i, j])
                    db[f] += g
                    for c in range(C):
                        for u in range(KH):
                            for v in range(KW):
                                r = i * stride + u * dilation - padding
                                q = j * stride + v * dilation - padding
                                if 0 <= r < H and 0 <= q < W:
                                    dw[f, c, u, v] += g * x[n, c, r, q]
                                    dx[n, c, r, q] += g * w[f, c, u, v]
    return dx.astype(x.dtype), dw.astype(x.dtype), db.astype(x.dtype)


# %%
def max_pool_forward(x, size, stride=None, padding=0):
    if stride is None:
        stride = size
    N, C, H, W = x.shape
    OH = (H + 2 * padding - size) // stride + 1
    OW = (W + 2 * padding - size) // stride + 1
    out = np.empty((N, C, OH, OW), dtype=x.dtype)
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride - padding, j * stride - padding
            rows = slice(max(top, 0), top + size)
            cols = slice(max(left, 0), left + size)
            for n in range(N):
                for c in range(C):
                    out[n, c, i, j] = x[n, c, rows, cols].max()
    return out


# %%
def max_pool_backward(dy, x, size, stride=None, padding=0):
    if stride is None:
        stride = size
    H, W = x.shape[2:]
    dx = np.zeros(x.shape, dtype=x.dtype)
    for n, c, i, j in np.ndindex(dy.shape):
        best, place = -math.inf, None
        for u in range(size):
            for v in range(size):
                r, q = i * stride + u - padding, j * stride + v - padding
                if 0 <= r < H and 0 <= q < W and x[n, c, r, q] > best:
                    best, place = x[n, c, r, q], (r, q)
        dx[n, c, place[0], place[1]] += dy[n, c, i, j]
    return dx


# %%
def _inside(start, size, limit):
    return range(max(start, 0), min(start + size, limit))


# %%
def avg_pool_forward(x, size, stride=None, padding=0):
    if stride is None:
        stride = size
    N, C, H, W = x.shape
    OH = (H + 2 * padding - size) // stride + 1
    OW = (W + 2 * padding - size) // stride + 1
    out = np.empty((N, C, OH, OW), dtype=x.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        rows = _inside(i * stride - padding, size, H)
        cols = _inside(j * stride - padding, size, W)
        values = [float(x[n, c, r, q]) for r in rows for q in cols]
        out[n, c, i, j] = sum(values) / len(values)
    return out


# %%
def avg_pool_backward(dy, x, size, stride=None, padding=0):
    if stride is None:
        stride = size
    dx = np.zeros(x.shape, dtype=dy.dtype)
    for n, c, i, j in np.ndindex(dy.shape):
        rows = _inside(i * stride - padding, size, x.shape[2])
        cols = _inside(j * stride - padding, size, x.shape[3])
        for r in rows:
            for q in cols:
                dx[n, c, r, q] += dy[n, c, i, j] / (len(rows) * len(cols))
    return dx


# %%
def global_avg_pool(x):
    out = np.zeros(x.shape[:2], dtype=x.dtype)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            out[n, c] = sum(float(v) for v in x[n, c].flat) / x[n, c].size
    return out


# %%
def flatten(x):
    return np.array([[v for v in image.flat] for image in x], dtype=x.dtype)


# %%
def upsample_nearest(x, factor):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H * factor, W * factor), dtype=x.dtype)
    for i in range(H * factor):
        for j in range(W * factor):
            out[:, :, i, j] = x[:, :, i // factor, j // factor]
    return out


# %%
def segmentation_head(x, w, b, factor=1):
    N, _, H, W = x.shape
    out = np.zeros((N, len(w), H * factor, W * factor), dtype=x.dtype)
    for n in range(N):
        for i in range(H * factor):
            for j in range(W * factor):
                z = [
                    float(b[k]) + float(w[k] @ x[n, :, i // factor, j // factor])
                    for k in range(len(w))
                ]
                e = [math.exp(v - max(z)) for v in z]
                for k in range(len(w)):
                    out[n, k, i, j] = e[k] / sum(e)
    return out


# %%
def local_response_norm(x, r=5, alpha=1e-4, beta=0.75, k=2.0):
    N, F, H, W = x.shape
    out = np.zeros(x.shape, dtype=x.dtype)
    for n in range(N):
        for i in range(F):
            for p in range(H):
                for q in range(W):
                    s = 0.0
                    for j in range(F):
                        if abs(i - j) <= r // 2:
                            s += float(x[n, j, p, q]) ** 2
                    out[n, i, p, q] = x[n, i, p, q] / (k + alpha * s) ** beta
    return out


# %%
def conv_cost(out_shape, in_channels, kernel, itemsize=4):
    maps, height, width = out_shape
    per_output = kernel[0] * kernel[1] * in_channels
    parameters = sum(per_output + 1 for _ in range(maps))
    return (parameters, per_output * maps * height * width, itemsize * maps * height * width)
