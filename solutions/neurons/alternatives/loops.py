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
def diagnose_trace(current, v, spikes, dt, tol=1e-3):
    def explains(trace, events):
        for t in range(len(v)):
            for n in range(v.shape[1]):
                if abs(float(trace[t][n]) - float(v[t, n])) > tol or events[t][n] != spikes[t, n]:
                    return False
        return True

    trace, events = lif_simulate(current, dt)
    if explains(trace, events):
        return "right"
    if explains(*lif_simulate(current, dt, v_reset=-65.0)):
        return "reset to rest"
    if explains(*lif_simulate(current, dt, t_ref=0.0)):
        return "never deaf"
    if explains(*lif_simulate(current, dt, t_ref=math.floor(2.0 / dt) * dt)):
        return "truncated"
    if explains(*lif_simulate(current, dt, resistance=1.0)):
        return "no resistance"
    if explains([[-65.0] * v.shape[1], *trace], events):
        return "one early"
    return "unknown"


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
def hh_gates(v):
    steady, tau = np.zeros((3, len(v)), dtype=v.dtype), np.zeros((3, len(v)), dtype=v.dtype)
    for k, u in enumerate(v.tolist()):
        alpha_m = 1.0 if u == -40 else 0.1 * (u + 40) / (1 - math.exp(-(u + 40) / 10))
        alpha_n = 0.1 if u == -55 else 0.01 * (u + 55) / (1 - math.exp(-(u + 55) / 10))
        rates = (
            (alpha_m, 4 * math.exp(-(u + 65) / 18)),
            (0.07 * math.exp(-(u + 65) / 20), 1 / (math.exp(-(u + 35) / 10) + 1)),
            (alpha_n, 0.125 * math.exp(-(u + 65) / 80)),
        )
        for row, (opens, closes) in enumerate(rates):
            steady[row, k] = opens / (opens + closes)
            tau[row, k] = 1 / (opens + closes)
    return steady, tau


# %%
def hh_derivative(state, current):
    steady, tau = hh_gates(state[0])
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
            out[row + 1, k] = (steady[row, k] - x) / tau[row, k]
    return out


# %%
def hh_simulate(current, dt, v0=-65.0):
    start = np.full(current.shape[1], v0, dtype=current.dtype)
    m, h, n = hh_gates(start)[0]
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
def poisson_spikes(rates, dt, uniforms):
    spikes = np.zeros(rates.shape, dtype=bool)
    for t in range(rates.shape[0]):
        for n in range(rates.shape[1]):
            silent = math.exp(-float(rates[t, n]) * dt / 1000)
            spikes[t, n] = float(uniforms[t, n]) < 1 - silent
    return spikes


# %%
def hebbian_update(w, pre, post, lr, rule="hebb"):
    new = w.copy()
    for o in range(w.shape[0]):
        for i in range(w.shape[1]):
            total = 0.0
            for n in range(len(pre)):
                y, x = float(post[n, o]), float(pre[n, i])
                total += y * (x - y * float(w[o, i])) if rule == "oja" else y * x
            new[o, i] += lr * total / len(pre)
    return new


# %%
def stdp_update(
    w, pre, post, dt, a_plus=0.01, a_minus=0.012, tau_plus=20.0, tau_minus=20.0, w_max=1.0
):
    new = w.copy()
    for o in range(w.shape[0]):
        for i in range(w.shape[1]):
            weight, x, y = float(w[o, i]), 0.0, 0.0
            for sent, received in zip(pre[:, i], post[:, o]):
                x *= math.exp(-dt / tau_plus)
                y *= math.exp(-dt / tau_minus)
                weight += (a_plus * x if received else 0) - (a_minus * y if sent else 0)
                weight = min(max(weight, 0.0), w_max)
                x += 1.0 if sent else 0.0
                y += 1.0 if received else 0.0
            new[o, i] = weight
    return new


# %%
def leaky_forward(current, beta, threshold=1.0, reset="subtract"):
    u, spikes = np.zeros_like(current), np.zeros_like(current)
    for n in range(current.shape[1]):
        left = 0.0
        for t in range(current.shape[0]):
            left = beta * left + float(current[t, n])
            u[t, n] = left
            if left >= threshold:
                spikes[t, n] = 1
                left = left - threshold if reset == "subtract" else 0.0
    return u, spikes


# %%
def leaky_backward(d_spikes, u, beta, threshold=1.0, slope=25.0):
    d_current = np.zeros_like(u)
    for n in range(u.shape[1]):
        carried = 0.0
        for t in range(u.shape[0] - 1, -1, -1):
            pretended = 1 / (1 + slope * abs(float(u[t, n]) - threshold)) ** 2
            carried = float(d_spikes[t, n]) * pretended + beta * carried
            d_current[t, n] = carried
    return d_current


# %%
def robustness_curve(w, x, labels, fractions, orders):
    curve = []
    for fraction in fractions:
        right = 0
        for order in orders:
            damaged = w.tolist()
            for position in order[: round(fraction * w.size)].tolist():
                damaged[position // w.shape[1]][position % w.shape[1]] = 0.0
            for sample, label in zip(x, labels):
                scores = [sum(a * b for a, b in zip(sample, row)) for row in damaged]
                right += scores.index(max(scores)) == label
        curve.append(right / (len(x) * len(orders)))
    return np.array(curve)
