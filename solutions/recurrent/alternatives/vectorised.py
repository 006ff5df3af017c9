"""The chapter on recurrent nets, with whole arrays at once."""

# %%
from collections import Counter

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]
Direction = tuple[Array, Array, Array]


# %%
def rnn_forward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, starts: NDArray[np.bool_] | None = None
) -> Array:
    from_input = x @ u.T + b
    h, states = h0, np.empty_like(from_input)
    for t, a in enumerate(from_input):
        if starts is not None:
            h = np.where(starts[t][:, None], 0, h)
        h = np.tanh(a + h @ w.T)
        states[t] = h
    return states


# %%
def deep_rnn(x: Array, layers: list[list[Direction]]) -> Array:
    for layer in layers:
        outputs = []
        for (u, w, b), step in zip(layer, (1, -1)):
            h0 = np.zeros((x.shape[1], len(w)), x.dtype)
            outputs.append(rnn_forward(x[::step], h0, u, w, b)[::step])
        x = np.concatenate(outputs, axis=-1)
    return x


# %%
def rnn_backward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array
) -> tuple[Array, Array, Array, Array, Array]:
    hs = rnn_forward(x, h0, u, w, b)
    before = np.concatenate([h0[None], hs[:-1]])
    delta = np.zeros_like(hs)
    later = np.zeros_like(h0)
    for t in range(len(x) - 1, -1, -1):
        delta[t] = (dhs[t] + later) * (1 - hs[t] ** 2)
        later = delta[t] @ w
    du = np.einsum("tnh,tnd->hd", delta, x)
    dw = np.einsum("tnh,tnk->hk", delta, before)
    db = delta.sum(axis=(0, 1))
    return delta @ u, later, du, dw, db


# %%
def truncated_bptt(
    x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array, k: int
) -> tuple[Array, Array, Array, Array]:
    h, sums = h0, [np.zeros_like(part) for part in (u, w, b)]
    for i in range(0, len(x), k):
        parts = rnn_backward(x[i : i + k], h, u, w, b, dhs[i : i + k])[2:]
        sums = [s + part for s, part in zip(sums, parts)]
        h = rnn_forward(x[i : i + k], h, u, w, b)[-1]
    return (*sums, h)


# %%
def bptt_gradient_norms(hs: Array, w: Array) -> tuple[Array, Array, str]:
    T, H = hs.shape
    sigma = np.linalg.norm(w, 2)
    rho = np.max(np.abs(np.linalg.eigvals(w)))
    steps = (1 - hs**2)[:, :, None] * w
    J = np.empty((T, H, H), w.dtype)
    J[0] = np.eye(H)
    for k in range(1, T):
        J[k] = J[k - 1] @ steps[T - k]
    norms = np.linalg.norm(J, 2, axis=(1, 2))
    bounds = (sigma ** np.arange(T)).astype(w.dtype)
    fate = "vanishes" if sigma < 1 else "can explode" if rho > 1 else "undecided"
    return norms, bounds, fate


# %%
def diagnose_bptt(x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array, dw: Array) -> str:
    hs = rnn_forward(x, h0, u, w, b)
    before = np.concatenate([h0[None], hs[:-1]])
    slope = 1 - hs**2

    def shares(slope, back, states):
        later, found = np.zeros_like(h0), []
        for t in range(len(x) - 1, -1, -1):
            delta = (dhs[t] + later) * slope[t]
            later = delta @ back
            found.append(delta.T @ states[t])
        return np.array(found)

    right = shares(slope, w, before)
    suspects = [
        ("right", right.sum(axis=0)),
        ("not accumulated", right[-1]),
        ("no past", shares(slope, 0 * w, before).sum(axis=0)),
        ("no tanh", shares(np.ones_like(slope), w, before).sum(axis=0)),
        ("turned", shares(slope, w.T, before).sum(axis=0)),
        ("new state", shares(slope, w, hs).sum(axis=0)),
    ]
    for name, theirs in suspects:
        if np.all(np.abs(dw - theirs) <= 1e-4 * np.abs(theirs).max()):
            return name
    return "unknown"


# %%
def build_vocabulary(words: list[str], size: int) -> tuple[list[str], Numbers]:
    kept = [word for word, _ in Counter(words).most_common(size - 1)]
    place = {word: i for i, word in enumerate(kept)}
    return kept + ["<unk>"], np.array([place.get(word, len(kept)) for word in words], dtype=int)


# %%
def embed_backward(numbers: Numbers, dy: Array, size: int) -> Array:
    real = numbers != -1
    gradient = np.zeros((size, dy.shape[-1]), dy.dtype)
    np.add.at(gradient, numbers[real], dy[real])
    return gradient


# %%
def sequence_cross_entropy(logits: Array, targets: Numbers) -> tuple[float, float, Array]:
    came = targets != -1
    count = int(came.sum())
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    words = np.where(came, targets, 0)[..., None]
    picked = np.take_along_axis(log_p, words, axis=-1)[..., 0]
    loss = float(-picked[came].mean(dtype=float))
    gradient = np.exp(log_p)
    np.put_along_axis(gradient, words, np.take_along_axis(gradient, words, -1) - 1, axis=-1)
    gradient = gradient * came[..., None] / count
    return loss, float(np.exp(loss)), gradient


# %%
def ngram_probabilities(tokens: Numbers, size: int, n: int, k: float) -> Array:
    grams = np.lib.stride_tricks.sliding_window_view(np.asarray(tokens), n)
    counts = np.zeros((size,) * n)
    np.add.at(counts, tuple(grams.T), 1)
    counts += k
    return counts / counts.sum(axis=-1, keepdims=True)


# %%
def sample_next(
    logits: Array, temperature: float, u: Array, top_k: int = 0, top_p: float = 1.0
) -> Numbers:
    o = logits.astype(float)
    if temperature == 0:
        return o.argmax(axis=1)
    K = o.shape[1]
    order = np.argsort(-o, axis=1, kind="stable")
    p = np.exp((o - o.max(axis=1, keepdims=True)) / temperature)
    p /= p.sum(axis=1, keepdims=True)
    down = np.take_along_axis(p, order, axis=1)
    if top_k > 0:
        down[:, top_k:] = 0
        down /= down.sum(axis=1, keepdims=True)
    if top_p < 1:
        before = np.cumsum(down, axis=1) - down
        down[before >= top_p] = 0
        down /= down.sum(axis=1, keepdims=True)
    p = np.zeros_like(p)
    np.put_along_axis(p, order, down, axis=1)
    ends = np.cumsum(p, axis=1)
    word = (ends <= u[:, None]).sum(axis=1)
    last = K - 1 - np.argmax(p[:, ::-1] > 0, axis=1)
    return np.minimum(word, last)


# %%
def generate(
    first: Numbers,
    steps: int,
    model: tuple[Array, Array, Array, Array, Array, Array],
    temperature: float,
    rng: np.random.Generator,
) -> Numbers:
    table, u, w, b, v, c = model
    h = np.zeros((len(first), len(w)), w.dtype)
    written = np.empty((steps, len(first)), dtype=int)
    word = np.asarray(first)
    for t in range(steps):
        h = rnn_forward(table[word][None], h, u, w, b)[0]
        word = sample_next(h @ v.T + c, temperature, rng.random(len(first)))
        written[t] = word
    return written


# %%
def encoder_decoder(
    source: Numbers,
    target: Numbers,
    start: int,
    encoder: tuple[Array, Array, Array, Array],
    decoder: tuple[Array, Array, Array, Array, Array, Array],
) -> Array:
    table, u, w, b = encoder
    h = np.zeros((source.shape[1], len(w)), w.dtype)
    for words in source:
        new = np.tanh(table[words] @ u.T + h @ w.T + b)
        h = np.where((words == -1)[:, None], h, new)
    table, u, w, b, v, c = decoder
    read = np.concatenate([np.full((1, target.shape[1]), start), target[:-1]])
    return rnn_forward(table[read], h, u, w, b) @ v.T + c


# %%
def forecast_split(
    series: Array, width: int, horizon: int, test: int
) -> tuple[Array, Array, Array, Array, float]:
    n = len(series) - width - horizon + 1
    x = np.lib.stride_tricks.sliding_window_view(series, width)[:n].copy()
    y = series[width - 1 + horizon :].copy()
    first = n - test
    known = first - horizon + 1
    gap = y[first:].astype(float) - x[first:, -1].astype(float)
    naive = float(np.sqrt(np.mean(gap**2)))
    return x[: max(known, 0)], y[: max(known, 0)], x[first:], y[first:], naive
