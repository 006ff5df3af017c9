"""The chapter on neurons, written with plain Python loops and the math module."""

# %%
import math

import numpy as np


# %%
def mcculloch_pitts(x, w, threshold):
    fired = np.zeros(len(x), dtype=x.dtype)
    for n in range(len(x)):
        total = 0.0
        for i in range(len(w)):
            total += w[i] * x[n, i]
        if total >= threshold:
            fired[n] = 1
    return fired


# %%
def sigmoid_neuron(x, w, b):
    out = np.zeros(len(x), dtype=x.dtype)
    for n in range(len(x)):
        z = float(b)
        for xi, wi in zip(x[n], w):
            z += float(xi) * float(wi)
        out[n] = 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
    return out


# %%
def lif_step(
    v,
    wait,
    current,
    dt,
    tau=10.0,
    resistance=10.0,
    v_rest=-65.0,
    v_reset=-70.0,
    v_th=-50.0,
    t_ref=2.0,
):
    v, wait = v.copy(), wait.copy()
    spiked = np.zeros(len(v), dtype=bool)
    for n in range(len(v)):
        if wait[n] > 0:
            wait[n] -= 1
        else:
            v[n] = v[n] + dt * ((v_rest - v[n]) + resistance * current[n]) / tau
            if v[n] >= v_th:
                spiked[n] = True
                v[n] = v_reset
                wait[n] = round(t_ref / dt)
    return v, wait, spiked


# %%
def lif_simulate(
    current,
    dt,
    tau=10.0,
    resistance=10.0,
    v_rest=-65.0,
    v_reset=-70.0,
    v_th=-50.0,
    t_ref=2.0,
):
    volts = np.zeros_like(current)
    spikes = np.zeros(current.shape, dtype=bool)
    for n in range(current.shape[1]):
        v, deaf = current.dtype.type(v_rest), 0
        for t in range(current.shape[0]):
            if deaf:
                deaf -= 1
            else:
                v = v + dt / tau * (resistance * current[t, n] - (v - v_rest))
                if v >= v_th:
                    spikes[t, n] = True
                    v = current.dtype.type(v_reset)
                    deaf = round(t_ref / dt)
            volts[t, n] = v
    return volts, spikes


# %%
def lif_rate(
    current, tau=10.0, resistance=10.0, v_rest=-65.0, v_reset=-70.0, v_th=-50.0, t_ref=2.0
):
    rates = np.zeros(len(current), dtype=current.dtype)
    for k, i in enumerate(current):
        end = v_rest + resistance * float(i)
        if end > v_th:
            climb = tau * (math.log(end - v_reset) - math.log(end - v_th))
            rates[k] = 1000 / (t_ref + climb)
    return rates


# %%
def fit_relu_to_rate(currents, rates):
    points = sorted(zip(currents.tolist(), rates.tolist()))
    best = (sum(r * r for _, r in points), 0.0, points[-1][0])
    for k in range(len(points) - 1):
        group = points[k:]
        mx = sum(i for i, _ in group) / len(group)
        my = sum(r for _, r in group) / len(group)
        sxy = sum((i - mx) * (r - my) for i, r in group)
        sxx = sum((i - mx) ** 2 for i, _ in group)
        if sxy <= 0:
            continue
        theta = mx - my / (sxy / sxx)
        ramp = [max(0.0, i - theta) for i, _ in points]
        gain = sum(a * r for a, (_, r) in zip(ramp, points)) / sum(a * a for a in ramp)
        error = sum((r - gain * a) ** 2 for a, (_, r) in zip(ramp, points))
        if error < best[0]:
            best = (error, gain, theta)
    return best[1], best[2]


# %%
def hh_rates(v):
    rates = [np.zeros(len(v), dtype=v.dtype) for _ in range(6)]
    for k, u in enumerate(v.tolist()):
        rates[0][k] = 1.0 if u == -40 else 0.1 * (u + 40) / (1 - math.exp(-(u + 40) / 10))
        rates[1][k] = 4 * math.exp(-(u + 65) / 18)
        rates[2][k] = 0.07 * math.exp(-(u + 65) / 20)
        rates[3][k] = 1 / (math.exp(-(u + 35) / 10) + 1)
        rates[4][k] = 0.1 if u == -55 else 0.01 * (u + 55) / (1 - math.exp(-(u + 55) / 10))
        rates[5][k] = 0.125 * math.exp(-(u + 65) / 80)
    return tuple(rates)


# %%
def hh_steady_state(v):
    rates = hh_rates(v)
    return [rates[k] / (rates[k] + rates[k + 1]) for k in (0, 2, 4)]


# %%
def hh_derivative(state, current):
    rates = hh_rates(state[0])
    out = np.zeros_like(state)
    for k in range(state.shape[1]):
        v, m, h, n = state[:, k]
        total = current[k]
        for g, reversal in (
            (120.0 * m * m * m * h, 50.0),
            (36.0 * n * n * n * n, -77.0),
            (0.3, -54.387),
        ):
            total = total + g * (reversal - v)
        out[0, k] = total
        for row, x in enumerate((m, h, n)):
            a, b = rates[2 * row][k], rates[2 * row + 1][k]
            out[row + 1, k] = a - (a + b) * x
    return out


# %%
def hh_simulate(current, dt, v0=-65.0):
    start = np.full(current.shape[1], v0, dtype=current.dtype)
    m, h, n = hh_steady_state(start)
    state = np.array([start, m, h, n])
    rows = []
    for now in current:
        slopes = [hh_derivative(state, now)]
        for share in (0.5, 0.5, 1.0):
            slopes.append(hh_derivative(state + share * dt * slopes[-1], now))
        mean = (slopes[0] + 2 * slopes[1] + 2 * slopes[2] + slopes[3]) / 6
        state = state + dt * mean
        rows.append(state)
    return np.array(rows)


# %%
def hebbian_update(w, pre, post, lr):
    new = w.copy()
    for o in range(w.shape[0]):
        for i in range(w.shape[1]):
            total = 0.0
            for n in range(len(pre)):
                total += float(post[n, o]) * float(pre[n, i])
            new[o, i] += lr * total / len(pre)
    return new


# %%
def oja_update(w, pre, post, lr):
    new = w.copy()
    for o in range(w.shape[0]):
        for i in range(w.shape[1]):
            total = 0.0
            for n in range(len(pre)):
                y = float(post[n, o])
                total += y * (float(pre[n, i]) - y * float(w[o, i]))
            new[o, i] += lr * total / len(pre)
    return new


# %%
def lesion(w, fraction, order):
    rows = w.tolist()
    for position in order[: round(fraction * w.size)].tolist():
        rows[position // w.shape[1]][position % w.shape[1]] = 0.0
    return np.array(rows, dtype=w.dtype)


# %%
def robustness_curve(w, x, labels, fractions, orders):
    curve = []
    for fraction in fractions:
        right = 0
        for order in orders:
            damaged = lesion(w, fraction, order)
            for sample, label in zip(x, labels):
                scores = [sum(a * b for a, b in zip(sample, row)) for row in damaged]
                right += scores.index(max(scores)) == label
        curve.append(right / (len(x) * len(orders)))
    return np.array(curve)
