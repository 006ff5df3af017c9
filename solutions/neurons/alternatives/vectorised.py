"""The chapter on neurons, vectorised: einsum, masks, closed forms, one large array."""

# %%
import numpy as np


# %%
def mcculloch_pitts(x, w, threshold):
    return np.heaviside(np.einsum("nd,d->n", x, w) - x.dtype.type(threshold), x.dtype.type(1))


# %%
def sigmoid_neuron(x, w, b):
    return 0.5 * (1 + np.tanh(0.5 * (np.dot(x, w) + b)))


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
    free = wait == 0
    k = dt / tau
    candidate = (1 - k) * v + k * (v_rest + resistance * current)
    spiked = np.logical_and(free, candidate >= v_th)
    out = v.copy()
    out[free] = candidate[free]
    out[spiked] = v_reset
    left = wait - (~free)
    left[spiked] = round(t_ref / dt)
    return out, left, spiked


# %%
def lif_simulate(current, dt, *args, **kwargs):
    names = ("tau", "resistance", "v_rest", "v_reset", "v_th", "t_ref")
    parameters = {**dict(zip(names, args)), **kwargs}
    state = (
        np.repeat(np.array([parameters.get("v_rest", -65.0)], current.dtype), current.shape[1]),
        np.zeros(current.shape[1], dtype=int),
    )
    rows = []
    for i in current:
        *state, spiked = lif_step(*state, i, dt, **parameters)
        rows.append((state[0], spiked))
    return np.stack([v for v, _ in rows]), np.stack([s for _, s in rows])


# %%
def diagnose_trace(current, v, spikes, dt, tol=1e-3):
    told = [
        {},
        {"v_reset": -65.0},
        {"t_ref": 0.0},
        {"t_ref": dt * (2.0 // dt)},
        {"resistance": 1.0},
    ]
    runs = [lif_simulate(current, dt, **some) for some in told]
    early = np.roll(runs[0][0], 1, axis=0)
    early[:1] = -65.0
    runs.append((early, runs[0][1]))
    names = ["right", "reset to rest", "never deaf", "truncated", "no resistance", "one early"]
    gaps = np.array([np.max(np.abs(trace - v), initial=0.0) for trace, _ in runs])
    same = np.array([(events == spikes).all() for _, events in runs])
    fits = np.flatnonzero(same & (gaps <= tol))
    return names[fits[0]] if fits.size else "unknown"


# %%
def lif_rate(
    current, tau=10.0, resistance=10.0, v_rest=-65.0, v_reset=-70.0, v_th=-50.0, t_ref=2.0
):
    above = v_rest + resistance * current - v_th
    safe = np.where(above > 0, above, 1)
    rate = 1000 / (t_ref + tau * np.log1p((v_th - v_reset) / safe))
    return np.where(above > 0, rate, 0)


# %%
def fit_relu_to_rate(currents, rates):
    x, y = np.sort(currents), rates[np.argsort(currents)]
    if not y.any():
        return 0.0, x[-1]
    lines = [
        np.linalg.lstsq(np.vander(x[k:], 2), y[k:], rcond=None)[0]
        for k in range(len(x) - 1)
        if x[k] < x[-1]
    ]
    thetas = np.array([-b / a for a, b in lines if a > 0])
    ramps = np.clip(x - thetas[:, None], 0, None)
    gains = ramps @ y / (ramps**2).sum(axis=1)
    best = ((y - gains[:, None] * ramps) ** 2).sum(axis=1).argmin()
    return gains[best], thetas[best]


# %%
def hh_gates(v):
    shifted = (v + np.array([[40], [55]], dtype=v.dtype)) / 10
    zero = shifted == 0
    shifted[zero] = 1
    ramp = shifted / (1 - np.exp(-shifted))
    ramp[zero] = 1
    u = -(v + 65)
    opening = np.stack([ramp[0], 0.07 * np.exp(u / 20), ramp[1] / 10])
    closing = np.stack([4 * np.exp(u / 18), 0.5 * (1 + np.tanh((v + 35) / 20)), np.exp(u / 80) / 8])
    return 1 / (1 + closing / opening), np.reciprocal(opening + closing)


# %%
def hh_derivative(state, current):
    steady, tau = hh_gates(state[0])
    m, h, n = state[1:]
    g = np.stack([120 * m**3 * h, 36 * n**4, np.full_like(m, 0.3)])
    reversal = np.array([[50.0], [-77.0], [-54.387]], dtype=state.dtype)
    pushed = current + np.sum(g * (reversal - state[0]), axis=0)
    return np.vstack([pushed, steady / tau - state[1:] / tau])


# %%
def hh_simulate(current, dt, v0=-65.0):
    state = np.full((4, current.shape[1]), v0, dtype=current.dtype)
    state[1:] = hh_gates(state[0])[0]
    out = np.empty((len(current), *state.shape), dtype=state.dtype)
    for t, i in enumerate(current):
        step, total = state, 0
        for advance, weight in ((0.5, 1 / 6), (0.5, 1 / 3), (1.0, 1 / 3), (0.0, 1 / 6)):
            slope = dt * hh_derivative(step, i)
            total = total + weight * slope
            step = state + advance * slope
        out[t] = state = state + total
    return out


# %%
def poisson_spikes(rates, dt, uniforms):
    return np.exp(-rates * (dt / 1000)) < 1 - uniforms


# %%
def hebbian_update(w, pre, post, lr, rule="hebb"):
    unexplained = pre[:, None, :] - (rule == "oja") * post[:, :, None] * w
    return w + lr * np.mean(post[:, :, None] * unexplained, axis=0)


# %%
def stdp_update(
    w, pre, post, dt, a_plus=0.01, a_minus=0.012, tau_plus=20.0, tau_minus=20.0, w_max=1.0
):
    steps = np.arange(len(pre))
    ago = (steps[:, None] - steps) * dt
    before = ago > 0
    ago = np.where(before, ago, 0)
    x = (before * np.exp(-ago / tau_plus)) @ pre  # every trace at every step, at once
    y = (before * np.exp(-ago / tau_minus)) @ post
    changes = a_plus * post[:, :, None] * x[:, None, :] - a_minus * y[:, :, None] * pre[:, None, :]
    for change in changes.astype(w.dtype):
        w = np.minimum(np.maximum(w + change, 0), w.dtype.type(w_max))
    return w


# %%
def leaky_forward(current, beta, threshold=1.0, reset="subtract"):
    u, fired = np.zeros_like(current), np.zeros(current.shape, dtype=bool)
    left = np.zeros_like(current[:1].sum(axis=0))
    after = {"subtract": lambda v: v - threshold, "zero": np.zeros_like}[reset]
    for t in range(len(current)):
        u[t] = beta * left + current[t]
        fired[t] = np.logical_not(u[t] < threshold)
        left = np.where(fired[t], after(u[t]), u[t])
    return u, fired.astype(current.dtype)


# %%
def leaky_backward(d_spikes, u, beta, threshold=1.0, slope=25.0):
    local = d_spikes * np.square(1 / (1 + slope * np.abs(u - threshold)))
    steps = np.arange(len(u))
    later = np.maximum(steps - steps[:, None], 0)
    share = np.triu(np.power(float(beta), later)).astype(u.dtype)
    return np.einsum("ts,sn->tn", share, local)


# %%
def robustness_curve(w, x, labels, fractions, orders):
    rank = np.argsort(orders, axis=1)
    counts = np.array([round(f * w.size) for f in fractions])
    alive = rank[None] >= counts[:, None, None]
    damaged = w * alive.reshape(len(counts), len(orders), *w.shape)
    guesses = np.einsum("nd,fskd->fsnk", x, damaged).argmax(axis=-1)
    return (guesses == labels).mean(axis=(1, 2))
