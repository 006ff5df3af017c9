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
def conv1d(signal, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (len(kernel) - 1)
    front, back = (reach, 0) if padding == "causal" else (padding, padding)
    line = [0.0] * front + [float(v) for v in signal] + [0.0] * back
    out = []
    start = 0
    while start + reach < len(line):
        out.append(sum(float(k) * line[start + u * dilation] for u, k in enumerate(kernel)))
        start += stride
    return np.array(out, dtype=signal.dtype)


# %%
def place_windows(size, kernel, stride=1, padding="valid", dilation=1):
    reach = dilation * (kernel - 1)
    if padding == "same":
        count = math.ceil(size / stride)
        end = (count - 1) * stride + reach + 1
        total = end - size if end > size else 0
        left = math.floor(total / 2)
        return [count, left, total - left]
    p = 0 if padding == "valid" else padding
    count, start = 0, -p
    while start + reach <= size + p - 1:
        count += 1
        start += stride
    return [count, p, p]


# %%
def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    OH, above, _ = place_windows(H, KH, stride, padding, dilation)
    OW, before, _ = place_windows(W, KW, stride, padding, dilation)
    out = np.empty((N, F, OH, OW), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    value = float(b[f])
                    for u in range(KH):
                        for v in range(KW):
                            r = i * stride + u * dilation - above
                            q = j * stride + v * dilation - before
                            if 0 <= r < H and 0 <= q < W:
                                for c in range(C):
                                    value += float(w[f, c, u, v]) * float(x[n, c, r, q])
                    out[n, f, i, j] = value
    return out


# %%
def _as_believed(belief, x, w, b, padding):
    if belief == "flipped":
        w = np.rot90(w, 2, axes=(2, 3))
    elif belief == "transposed":
        w = w.transpose(0, 1, 3, 2)
    elif belief == "first channel":
        w = w.copy()
        w[:, 1:] = 0
    elif belief == "no bias":
        b = np.zeros_like(b)
    elif belief == "bias per channel":
        b = sum(b for _ in range(x.shape[1]))
    elif belief == "repeated border":
        for _ in range(padding):
            x = np.concatenate([x[:, :, :1], x, x[:, :, -1:]], axis=2)
            x = np.concatenate([x[..., :1], x, x[..., -1:]], axis=3)
        padding = 0
    elif belief == "one-sided":
        large = np.zeros((*x.shape[:2], *(n + 2 * padding for n in x.shape[2:])), x.dtype)
        large[:, :, 2 * padding :, 2 * padding :] = x
        x, padding = large, 0
    return conv2d_forward(x, w, b, 1, padding)


# %%
def diagnose_conv2d(x, w, b, padding, found):
    names = "right,flipped,transposed,first channel,no bias,bias per channel,repeated border"
    for belief in [*names.split(","), "one-sided"]:
        made = _as_believed(belief, x, w, b, padding)
        if np.allclose(found, made, rtol=0, atol=1e-4 * np.abs(made).max()):
            return belief
    return "unknown"


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
    _, above, _ = place_windows(H, KH, stride, padding, dilation)
    _, before, _ = place_windows(W, KW, stride, padding, dilation)
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
                                r = i * stride + u * dilation - above
                                q = j * stride + v * dilation - before
                                if 0 <= r < H and 0 <= q < W:
                                    dw[f, c, u, v] += g * x[n, c, r, q]
                                    dx[n, c, r, q] += g * w[f, c, u, v]
    return dx.astype(x.dtype), dw.astype(x.dtype), db.astype(x.dtype)


# %%
def _inside(start, size, limit):
    return range(max(start, 0), min(start + size, limit))


# %%
def pool_forward(x, size, stride=None, padding=0, kind="max"):
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
        out[n, c, i, j] = max(values) if kind == "max" else sum(values) / len(values)
    return out


# %%
def pool_backward(dy, x, size, stride=None, padding=0, kind="max"):
    if stride is None:
        stride = size
    dx = np.zeros(x.shape, dtype=x.dtype)
    for n, c, i, j in np.ndindex(dy.shape):
        rows = _inside(i * stride - padding, size, x.shape[2])
        cols = _inside(j * stride - padding, size, x.shape[3])
        pixels = [(r, q) for r in rows for q in cols]
        if kind == "max":
            best = max(pixels, key=lambda pixel: x[n, c, pixel[0], pixel[1]])
            dx[n, c, best[0], best[1]] += dy[n, c, i, j]
        else:
            for r, q in pixels:
                dx[n, c, r, q] += dy[n, c, i, j] / len(pixels)
    return dx


# %%
def grouped_conv2d(x, w, b, groups=1, stride=1, padding=0):
    depth, per_group = w.shape[1], w.shape[0] // groups
    full = np.zeros((w.shape[0], x.shape[1], *w.shape[2:]), dtype=w.dtype)
    for f in range(w.shape[0]):
        for c in range(depth):
            full[f, f // per_group * depth + c] = w[f, c]
    return conv2d_forward(x, full, b, stride, padding)


# %%
def transposed_conv2d(x, w, b, stride=1, padding=0, extra=0):
    N, C, H, W = x.shape
    _, F, KH, KW = w.shape
    OH = (H - 1) * stride - 2 * padding + KH + extra
    OW = (W - 1) * stride - 2 * padding + KW + extra
    out = np.zeros((N, F, OH, OW), dtype=x.dtype)
    for f in range(F):
        out[:, f] = b[f]
    for c, f, i, j, u, v in np.ndindex(C, F, H, W, KH, KW):
        r, q = i * stride + u - padding, j * stride + v - padding
        if 0 <= r < OH and 0 <= q < OW:
            out[:, f, r, q] += w[c, f, u, v] * x[:, c, i, j]
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
def conv_cost(out_shape, in_channels, kernel, itemsize=4, groups=1):
    maps, height, width = out_shape
    per_output = kernel[0] * kernel[1] * (in_channels // groups)
    parameters = sum(per_output + 1 for _ in range(maps))
    return (parameters, per_output * maps * height * width, itemsize * maps * height * width)
