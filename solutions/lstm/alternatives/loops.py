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
def input_gate(x, h, w, b):
    return gate_loop(x, h, w, b, 1, sigma)


# %%
def candidate(x, h, w, b):
    return gate_loop(x, h, w, b, 2, math.tanh)


# %%
def output_gate(x, h, w, b):
    return gate_loop(x, h, w, b, 3, sigma)


# %%
def cell_update(c, f, i, g):
    new = np.zeros_like(c)
    for n in range(c.shape[0]):
        for j in range(c.shape[1]):
            new[n, j] = c[n, j] * f[n, j] + g[n, j] * i[n, j]
    return new


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
def lstm_forward(x, h0, c0, w, b):
    hs = np.zeros((len(x), *h0.shape), dtype=x.dtype)
    cs = np.zeros((len(x), *c0.shape), dtype=x.dtype)
    h, c = h0, c0
    for t in range(len(x)):
        h, c = lstm_step(x[t], h, c, w, b)
        hs[t], cs[t] = h, c
    return hs, cs


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
def lstm_backward(x, h0, c0, w, b, dhs):
    hs, cs = [h0], [c0]
    for t in range(len(x)):
        h, c = lstm_step(x[t], hs[t], cs[t], w, b)
        hs.append(h)
        cs.append(c)
    dx = [None] * len(x)
    dw, db = np.zeros_like(w), np.zeros_like(b)
    dh, dc = np.zeros_like(h0), np.zeros_like(c0)
    t = len(x) - 1
    while t >= 0:
        dx[t], dh, dc, dw_t, db_t = lstm_step_backward(x[t], hs[t], cs[t], w, b, dhs[t] + dh, dc)
        dw, db = dw + dw_t, db + db_t
        t -= 1
    return [np.array(dx), dh, dc, dw, db]


# %%
def forget_bias_init(hidden, value=1.0):
    return np.array([float(value)] * hidden + [0.0] * (3 * hidden))


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
