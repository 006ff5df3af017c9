"""The exercises on the LSTM with plain loops: one sample, one cell, one number at a time."""

# %%
import math

import numpy as np


def sigma(z):
    return 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))


def weighted(row, h, x, bias):
    total = float(bias)
    for k in range(len(h)):
        total += float(row[k]) * float(h[k])
    for k in range(len(x)):
        total += float(row[len(h) + k]) * float(x[k])
    return total


def gate_loop(x, h, w, b, block, squash):
    samples, hidden = h.shape
    out = np.zeros((samples, hidden), dtype=h.dtype)
    for n in range(samples):
        for j in range(hidden):
            row = block * hidden + j
            out[n, j] = squash(weighted(w[row], h[n], x[n], b[row]))
    return out


# %%
def forget_gate(x, h, w, b):
    return gate_loop(x, h, w, b, 0, sigma)


# %%
def lstm_gates(x, h, w, b):
    squashes = (sigma, sigma, math.tanh, sigma)
    return [gate_loop(x, h, w, b, block, squash) for block, squash in enumerate(squashes)]


# %%
def lstm_step(x, h, c, w, b):
    hidden = h.shape[1]
    h_new, c_new = np.zeros_like(h), np.zeros_like(c)
    for n in range(len(x)):
        for j in range(hidden):
            sums = [weighted(w[k * hidden + j], h[n], x[n], b[k * hidden + j]) for k in range(4)]
            kept = sigma(sums[0]) * float(c[n, j])
            new = kept + sigma(sums[1]) * math.tanh(sums[2])
            c_new[n, j] = new
            h_new[n, j] = sigma(sums[3]) * math.tanh(new)
    return h_new, c_new


# %%
def lstm_step_backward(x, h, c, w, b, dh, dc):
    samples, hidden = h.shape
    inputs = x.shape[1]
    dx, dh_old, dc_old = np.zeros_like(x), np.zeros_like(h), np.zeros_like(c)
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for n in range(samples):
        for j in range(hidden):
            sums = [weighted(w[k * hidden + j], h[n], x[n], b[k * hidden + j]) for k in range(4)]
            f, i, g, o = sigma(sums[0]), sigma(sums[1]), math.tanh(sums[2]), sigma(sums[3])
            shown = math.tanh(f * float(c[n, j]) + i * g)
            into = float(dc[n, j]) + float(dh[n, j]) * o * (1 - shown * shown)
            slopes = (
                into * float(c[n, j]) * f * (1 - f),
                into * g * i * (1 - i),
                into * i * (1 - g * g),
                float(dh[n, j]) * shown * o * (1 - o),
            )
            dc_old[n, j] = into * f
            for k in range(4):
                row = k * hidden + j
                db[row] += slopes[k]
                for m in range(hidden):
                    dh_old[n, m] += slopes[k] * w[row, m]
                    dw[row, m] += slopes[k] * h[n, m]
                for m in range(inputs):
                    dx[n, m] += slopes[k] * w[row, hidden + m]
                    dw[row, hidden + m] += slopes[k] * x[n, m]
    return dx, dh_old, dc_old, dw, db


# %%
def which_layout(x, h, c, w, b, h_new, c_new):
    hidden = h.shape[1]
    fits = []
    for front in ("hx", "xh"):
        first, second = (h, x) if front == "hx" else (x, h)
        for code in range(256):
            order = [code >> 6, code >> 4 & 3, code >> 2 & 3, code & 3]
            if sorted(order) != [0, 1, 2, 3]:
                continue
            letters = "".join("figo"[k] for k in order)
            place = {letter: letters.index(letter) * hidden for letter in "figo"}
            worst = 0.0
            for n in range(len(x)):
                for j in range(hidden):
                    f, i, g, o = (
                        weighted(w[place[k] + j], first[n], second[n], b[place[k] + j])
                        for k in "figo"
                    )
                    new = sigma(f) * float(c[n, j]) + sigma(i) * math.tanh(g)
                    shown = sigma(o) * math.tanh(new)
                    gaps = abs(new - float(c_new[n, j])), abs(shown - float(h_new[n, j]))
                    worst = max(worst, *gaps)
            if worst <= 0.001:
                fits.append(f"{front} {letters}")
    return min(fits, default="unknown")


# %%
def lstm_forward(x, h0, c0, w, b, mask=None):
    hs = np.zeros((len(x), *h0.shape), dtype=x.dtype)
    cs = np.zeros((len(x), *c0.shape), dtype=x.dtype)
    h, c = h0.copy(), c0.copy()
    for t in range(len(x)):
        h_new, c_new = lstm_step(x[t], h, c, w, b)
        for n in range(len(h)):
            if mask is None or mask[t, n]:
                h[n], c[n] = h_new[n], c_new[n]
        hs[t], cs[t] = h, c
    return hs, cs


# %%
def memory_weights(f, i):
    start, steps = np.ones_like(f[0]), np.zeros_like(f)
    for t in range(len(f)):
        start *= f[t]
        steps[:t] *= f[t]
        steps[t] = i[t]
    return start, steps


# %%
def lstm_backward(x, h0, c0, w, b, dhs, mask=None):
    # One sequence at a time, padding cut out of it.
    dx, dh0, dc0 = np.zeros_like(x), np.zeros_like(h0), np.zeros_like(c0)
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for n in range(x.shape[1]):
        real = [t for t in range(len(x)) if mask is None or mask[t, n]]
        h, c = h0[[n]], c0[[n]]
        before = []
        for t in real:
            before.append((x[t, [n]], h, c, w, b))
            h, c = lstm_step(*before[-1])
        dh, dc = np.zeros_like(h), np.zeros_like(c)
        last = len(x)
        for t, given in zip(reversed(real), reversed(before)):
            dh = dh + dhs[t:last, [n]].sum(axis=0)
            last = t
            dx_t, dh, dc, dw_t, db_t = lstm_step_backward(*given, dh, dc)
            dx[t, n] = dx_t[0]
            dw, db = dw + dw_t, db + db_t
        dh0[n], dc0[n] = dh[0] + dhs[:last, n].sum(axis=0), dc[0]
    return dx, dh0, dc0, dw, db


# %%
def lstm_windows(x, h0, c0, w, b, dhs, k, mask=None):
    h, c = h0, c0
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    first = 0
    while first < len(x):
        last = min(first + k, len(x))
        real = np.ones((last - first, len(h0)), bool) if mask is None else mask[first:last]
        given = x[first:last], h, c, w, b
        dx[first:last], _, _, more_w, more_b = lstm_backward(*given, dhs[first:last], real)
        dw, db = dw + more_w, db + more_b
        hs, cs = lstm_forward(*given, real)
        h, c, first = hs[-1], cs[-1], last
    return dx, dw, db, h, c


# %%
def clip_together(gradients, limit):
    square = 0.0
    for gradient in gradients:
        for value in np.ravel(gradient):
            square += float(value) * float(value)
    length = math.sqrt(square)
    clipped = []
    for gradient in gradients:
        if math.isinf(length) or math.isnan(length):
            clipped.append(np.zeros_like(gradient))
        elif length > limit:
            clipped.append(gradient * (limit / length))
        else:
            clipped.append(gradient.copy())
    return clipped, length


# %%
def chrono_bias(horizons):
    kind = horizons.dtype if horizons.dtype.kind == "f" else float
    b = np.zeros(4 * len(horizons), kind)
    for j, horizon in enumerate(horizons):
        leaves = 1 / float(horizon)
        b[j] = math.log((1 - leaves) / leaves)
        b[len(horizons) + j] = math.log(leaves / (1 - leaves))
    return b


# %%
def deep_lstm(x, layers, mask=None):
    steps, samples = len(x), x.shape[1]
    for layer in layers:
        width = sum(len(b) // 4 for _, b in layer)
        out = np.zeros((steps, samples, width), x.dtype)
        column = 0
        for k, (w, b) in enumerate(layer):
            hidden = len(b) // 4
            h, c = (np.zeros((samples, hidden), x.dtype) for _ in range(2))
            for t in range(steps) if k == 0 else range(steps - 1, -1, -1):
                h_new, c_new = lstm_step(x[t], h, c, w, b)
                for n in range(samples):
                    if mask is None or mask[t, n]:
                        h[n], c[n] = h_new[n], c_new[n]
                out[t, :, column : column + hidden] = h
            column += hidden
        x = out
    return x


# %%
def lstm_peephole_step(x, h, c, w, b, p):
    hidden = h.shape[1]
    h_new, c_new = np.zeros_like(h), np.zeros_like(c)
    for n in range(len(x)):
        for j in range(hidden):
            sums = [weighted(w[k * hidden + j], h[n], x[n], b[k * hidden + j]) for k in range(4)]
            old = float(c[n, j])
            f = sigma(sums[0] + float(p[0, j]) * old)
            i = sigma(sums[1] + float(p[1, j]) * old)
            new = f * old + i * math.tanh(sums[2])
            c_new[n, j] = new
            h_new[n, j] = sigma(sums[3] + float(p[2, j]) * new) * math.tanh(new)
    return h_new, c_new


# %%
def lstm_coupled_step(x, h, c, w, b):
    hidden = h.shape[1]
    h_new, c_new = np.zeros_like(h), np.zeros_like(c)
    for n in range(len(x)):
        for j in range(hidden):
            sums = [weighted(w[k * hidden + j], h[n], x[n], b[k * hidden + j]) for k in range(3)]
            f = sigma(sums[0])
            new = f * float(c[n, j]) + (1 - f) * math.tanh(sums[1])
            c_new[n, j] = new
            h_new[n, j] = sigma(sums[2]) * math.tanh(new)
    return h_new, c_new


# %%
def gru_step(x, h, w, b):
    samples, hidden = h.shape
    out = np.zeros_like(h)
    for n in range(samples):
        z = [sigma(weighted(w[j], h[n], x[n], b[j])) for j in range(hidden)]
        rows = range(hidden, 2 * hidden)
        r = [sigma(weighted(w[j], h[n], x[n], b[j])) for j in rows]
        seen = [r[j] * float(h[n, j]) for j in range(hidden)]
        for j in range(hidden):
            g = math.tanh(weighted(w[2 * hidden + j], seen, x[n], b[2 * hidden + j]))
            out[n, j] = (1 - z[j]) * float(h[n, j]) + z[j] * g
    return out


# %%
def gru_backward(x, h, w, b, dh):
    samples, hidden = h.shape
    inputs = x.shape[1]
    dx, dh_old = np.zeros_like(x), np.zeros_like(h)
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for n in range(samples):
        z = [sigma(weighted(w[j], h[n], x[n], b[j])) for j in range(hidden)]
        rows = range(hidden, 2 * hidden)
        r = [sigma(weighted(w[j], h[n], x[n], b[j])) for j in rows]
        seen = [r[j] * float(h[n, j]) for j in range(hidden)]
        back = [0.0] * hidden
        for j in range(hidden):
            row = 2 * hidden + j
            g = math.tanh(weighted(w[row], seen, x[n], b[row]))
            slope = float(dh[n, j]) * z[j] * (1 - g * g)
            db[row] += slope
            for m in range(hidden):
                back[m] += slope * float(w[row, m])
                dw[row, m] += slope * seen[m]
            for m in range(inputs):
                dx[n, m] += slope * w[row, hidden + m]
                dw[row, hidden + m] += slope * x[n, m]
            slope = float(dh[n, j]) * (g - float(h[n, j])) * z[j] * (1 - z[j])
            dh_old[n, j] += float(dh[n, j]) * (1 - z[j])
            spread_row(slope, w[j], h[n], x[n], dh_old[n], dx[n], dw[j])
            db[j] += slope
        for j in range(hidden):
            slope = back[j] * float(h[n, j]) * r[j] * (1 - r[j])
            row = hidden + j
            dh_old[n, j] += back[j] * r[j]
            spread_row(slope, w[row], h[n], x[n], dh_old[n], dx[n], dw[row])
            db[row] += slope
    return dx, dh_old, dw, db


def spread_row(slope, row, h, x, dh, dx, dw):
    for m in range(len(h)):
        dh[m] += slope * row[m]
        dw[m] += slope * h[m]
    for m in range(len(x)):
        dx[m] += slope * row[len(h) + m]
        dw[len(h) + m] += slope * x[m]
