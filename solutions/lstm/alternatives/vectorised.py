"""The exercises on the LSTM without concatenation: split weights, einsum, one product per step."""

# %%
import itertools

import numpy as np


def sig(z):
    return 1.0 / (1.0 + np.exp(-z))


def sums(x, h, w, b):
    """All blocks at once, as an array of shape (blocks, N, H)."""
    hidden = h.shape[1]
    blocks = w.reshape(-1, hidden, w.shape[1])
    return (
        np.einsum("nh,bkh->bnk", h, blocks[:, :, :hidden])
        + np.einsum("nd,bkd->bnk", x, blocks[:, :, hidden:])
        + b.reshape(-1, 1, hidden)
    )


# %%
def forget_gate(x, h, w, b):
    return sig(sums(x, h, w, b)[0])


# %%
def lstm_gates(x, h, w, b):
    a = sums(x, h, w, b)
    f, i, o = sig(a[[0, 1, 3]])
    return f, i, np.tanh(a[2]), o


# %%
def lstm_step(x, h, c, w, b):
    af, ai, ag, ao = sums(x, h, w, b)
    c = sig(af) * c + sig(ai) * np.tanh(ag)
    return sig(ao) * np.tanh(c), c


# %%
def lstm_step_backward(x, h, c, w, b, dh, dc):
    samples, hidden = h.shape
    af, ai, ag, ao = sums(x, h, w, b)
    f, i, g, o = sig(af), sig(ai), np.tanh(ag), sig(ao)
    shown = np.tanh(f * c + i * g)
    total = dc + dh * o / np.cosh(f * c + i * g) ** 2
    da = np.stack(
        [
            total * c * (f - f**2),
            total * g * (i - i**2),
            total * i * (1 - g) * (1 + g),
            dh * shown * (o - o**2),
        ],
        axis=1,
    ).reshape(samples, 4 * hidden)
    dx = da @ w[:, hidden:]
    dh_old = da @ w[:, :hidden]
    dw = np.hstack([np.einsum("na,nk->ak", da, h), np.einsum("na,nk->ak", da, x)])
    return dx, dh_old, total * f, dw, np.einsum("na->a", da)


# %%
def which_layout(x, h, c, w, b, h_new, c_new):
    # All 24 orders at once: the places of f, i, g and o in each.
    orders = sorted("".join(order) for order in itertools.permutations("figo"))
    f, i, g, o = (np.array([order.index(letter) for order in orders]) for letter in "figo")
    for front in ("hx", "xh"):
        a = sums(x, h, w, b) if front == "hx" else turned(x, h, w, b)
        cells = sig(a[f]) * c + sig(a[i]) * np.tanh(a[g])
        gaps = np.maximum(np.abs(cells - c_new), np.abs(sig(a[o]) * np.tanh(cells) - h_new))
        (fits,) = np.nonzero(gaps.max(axis=(1, 2)) <= 1e-3)
        if len(fits):
            return front + " " + orders[fits[0]]
    return "unknown"


def turned(x, h, w, b):
    """The sums of all blocks where the columns act on [x, h]."""
    inputs = x.shape[1]
    return sums(x, h, np.hstack([w[:, inputs:], w[:, :inputs]]), b)


# %%
def lstm_forward(x, h0, c0, w, b, mask=None):
    # The input's share of all sums in one product, before the loop.
    hidden = h0.shape[1]
    of_x = x @ w[:, hidden:].T + b
    stand = np.zeros((len(x), len(h0), 1), bool) if mask is None else ~mask[:, :, None]
    states = [(h0, c0)]
    for t in range(x.shape[0]):
        h, c = states[-1]
        a = of_x[t] + h @ w[:, :hidden].T
        s = sig(a)
        new = s[:, :hidden] * c
        new = new + s[:, hidden : 2 * hidden] * np.tanh(a[:, 2 * hidden : 3 * hidden])
        shown = s[:, 3 * hidden :] * np.tanh(new)
        states.append((np.where(stand[t], h, shown), np.where(stand[t], c, new)))
    hs, cs = zip(*states[1:], strict=True)
    return np.array(hs), np.array(cs)


# %%
def memory_weights(f, i):
    later = np.flip(np.cumprod(np.flip(f, 0), axis=0), 0)
    return later[0], i * np.concatenate([later[1:], np.ones_like(f[:1])])


# %%
def lstm_backward(x, h0, c0, w, b, dhs, mask=None):
    # Keeps everything on the way there; one product for all weights at the end.
    steps, hidden = len(x), h0.shape[1]
    m = np.ones((steps, len(h0), 1), x.dtype) if mask is None else mask[..., None].astype(x.dtype)
    h, c, kept = h0, c0, []
    for t in range(steps):
        af, ai, ag, ao = sums(x[t], h, w, b)
        f, i, g, o = sig(af), sig(ai), np.tanh(ag), sig(ao)
        new = f * c + i * g
        kept.append((h, c, f, i, g, o, np.tanh(new)))
        h, c = m[t] * o * np.tanh(new) + (1 - m[t]) * h, m[t] * new + (1 - m[t]) * c
    das = np.zeros((steps, len(h0), 4 * hidden), dtype=x.dtype)
    dh, dc = 0 * h0, 0 * c0
    for t in range(steps)[::-1]:
        h, c, f, i, g, o, shown = kept[t]
        dh = dh + dhs[t]
        total = m[t] * (dc + dh * o * (1 - shown**2))
        parts = [total * c * f * (1 - f), total * g * i * (1 - i), total * i * (1 - g**2)]
        das[t] = np.hstack([*parts, m[t] * dh * shown * o * (1 - o)])
        dc = total * f + (1 - m[t]) * dc
        dh = das[t] @ w[:, :hidden] + (1 - m[t]) * dh
    before = np.array([entry[0] for entry in kept])
    dw = np.tensordot(das, np.concatenate([before, x], axis=2), axes=([0, 1], [0, 1]))
    return das @ w[:, hidden:], dh, dc, dw, das.sum(axis=(0, 1))


# %%
def lstm_windows(x, h0, c0, w, b, dhs, k, mask=None):
    # The run is the same with borders or without: all states first, then a window each.
    real = np.ones(x.shape[:2], bool) if mask is None else mask
    hs, cs = lstm_forward(x, h0, c0, w, b, real)
    h = np.concatenate([h0[None], hs])[:-1:k]
    c = np.concatenate([c0[None], cs])[:-1:k]
    cuts = range(k, len(x), k)
    parts = zip(*(np.split(a, cuts) for a in (x, dhs, real)), h, c, strict=True)
    found = [lstm_backward(xs, hh, cc, w, b, ds, rs) for xs, ds, rs, hh, cc in parts]
    dxs, _, _, dws, dbs = zip(*found, strict=True)
    return np.vstack(dxs), np.sum(dws, axis=0), np.sum(dbs, axis=0), hs[-1], cs[-1]


# %%
def clip_together(gradients, limit):
    length = np.linalg.norm([np.linalg.norm(np.ravel(g).astype(float)) for g in gradients])
    if not np.isfinite(length):
        return [0 * np.ones_like(g) for g in gradients], float(length)
    factor = limit / max(length, limit)
    return [(factor * g).astype(g.dtype) for g in gradients], float(length)


# %%
def chrono_bias(horizons):
    keep = np.log(horizons - 1)
    return np.outer([1.0, -1.0, 0.0, 0.0], keep).astype(keep.dtype).ravel()


# %%
def deep_lstm(x, layers, mask=None):
    for layer in layers:
        both = []
        for backwards, (w, b) in enumerate(layer):
            zero = np.zeros((x.shape[1], b.size // 4), x.dtype)
            seen = np.flip(x, 0) if backwards else x
            real = np.flip(mask, 0) if backwards and mask is not None else mask
            h, _ = lstm_forward(seen, zero, zero, w, b, real)
            both.append(np.flip(h, 0) if backwards else h)
        x = np.dstack(both)
    return x


# %%
def lstm_peephole_step(x, h, c, w, b, p):
    a = sums(x, h, w, b)
    f, i = sig(a[:2] + p[:2, None, :] * c)
    new = c * f + np.tanh(a[2]) * i
    return np.tanh(new) * sig(a[3] + new * p[2]), new


# %%
def lstm_coupled_step(x, h, c, w, b):
    af, ag, ao = sums(x, h, w, b)
    g = np.tanh(ag)
    new = g + sig(af) * (c - g)
    return sig(ao) * np.tanh(new), new


# %%
def gru_step(x, h, w, b):
    hidden = h.shape[1]
    z, r = sig(sums(x, h, w, b)[:2])
    g = np.tanh(sums(x, r * h, w[2 * hidden :], b[2 * hidden :])[0])
    return h + z * (g - h)


# %%
def gru_backward(x, h, w, b, dh):
    hidden = h.shape[1]
    z, r = sig(sums(x, h, w, b)[:2])
    g = np.tanh(sums(x, r * h, w[2 * hidden :], b[2 * hidden :])[0])
    dg = dh * z * (1 - g * g)
    dz = dh * (g - h) * z * (1 - z)
    seen = dg @ w[2 * hidden :, :hidden]
    dr = seen * h * r * (1 - r)
    da = np.hstack([dz, dr, dg])
    dx = da @ w[:, hidden:]
    dh_old = dh - dh * z + seen * r + da[:, : 2 * hidden] @ w[: 2 * hidden, :hidden]
    dw = np.vstack(
        [
            np.hstack([slope.T @ view, slope.T @ x])
            for slope, view in ((dz, h), (dr, h), (dg, r * h))
        ]
    )
    return dx, dh_old, dw, np.add.reduce(da)
