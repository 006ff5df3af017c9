"""The exercises on the LSTM without concatenation: split weights, einsum, one product per step."""

# %%
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
def input_gate(x, h, w, b):
    return sig(sums(x, h, w, b)[1])


# %%
def candidate(x, h, w, b):
    return np.tanh(sums(x, h, w, b)[2])


# %%
def output_gate(x, h, w, b):
    return sig(sums(x, h, w, b)[3])


# %%
def cell_update(c, f, i, g):
    return np.sum([c * f, g * i], axis=0)


# %%
def lstm_step(x, h, c, w, b):
    af, ai, ag, ao = sums(x, h, w, b)
    c = sig(af) * c + sig(ai) * np.tanh(ag)
    return sig(ao) * np.tanh(c), c


# %%
def lstm_forward(x, h0, c0, w, b):
    # The input's share of all sums in one product, before the loop.
    hidden = h0.shape[1]
    of_x = x @ w[:, hidden:].T + b
    states = [(h0, c0)]
    for t in range(x.shape[0]):
        h, c = states[-1]
        a = of_x[t] + h @ w[:, :hidden].T
        s = sig(a)
        new = s[:, :hidden] * c
        new = new + s[:, hidden : 2 * hidden] * np.tanh(a[:, 2 * hidden : 3 * hidden])
        states.append((s[:, 3 * hidden :] * np.tanh(new), new))
    hs, cs = zip(*states[1:], strict=True)
    return np.array(hs), np.array(cs)


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
def lstm_backward(x, h0, c0, w, b, dhs):
    # Keeps everything on the way there; one product for all weights at the end.
    steps, hidden = len(x), h0.shape[1]
    h, c, kept = h0, c0, []
    for t in range(steps):
        af, ai, ag, ao = sums(x[t], h, w, b)
        f, i, g, o = sig(af), sig(ai), np.tanh(ag), sig(ao)
        new = f * c + i * g
        kept.append((h, c, f, i, g, o, np.tanh(new)))
        h, c = o * np.tanh(new), new
    das = np.zeros((steps, len(h0), 4 * hidden), dtype=x.dtype)
    dh, dc = 0 * h0, 0 * c0
    for t in range(steps)[::-1]:
        h, c, f, i, g, o, shown = kept[t]
        dh = dh + dhs[t]
        dc = dc + dh * o * (1 - shown**2)
        parts = [dc * c * f * (1 - f), dc * g * i * (1 - i), dc * i * (1 - g**2)]
        das[t] = np.hstack([*parts, dh * shown * o * (1 - o)])
        dc = dc * f
        dh = das[t] @ w[:, :hidden]
    before = np.array([entry[0] for entry in kept])
    dw = np.tensordot(das, np.concatenate([before, x], axis=2), axes=([0, 1], [0, 1]))
    return das @ w[:, hidden:], dh, dc, dw, das.sum(axis=(0, 1))


# %%
def forget_bias_init(hidden, value=1.0):
    return np.outer([1.0, 0.0, 0.0, 0.0], np.full(hidden, float(value))).ravel()


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
