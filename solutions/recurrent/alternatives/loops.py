"""The chapter on recurrent nets, with plain loops over sequences, steps and words."""

# %%
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]
Direction = tuple[Array, Array, Array]


# %%
def rnn_forward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, starts: NDArray[np.bool_] | None = None
) -> Array:
    steps, batch, _ = x.shape
    states = np.zeros((steps, batch, w.shape[0]), dtype=x.dtype)
    for n in range(batch):
        h = h0[n]
        for t in range(steps):
            if starts is not None and starts[t, n]:
                h = np.zeros_like(h)
            h = np.tanh(u @ x[t, n] + w @ h + b)
            states[t, n] = h
    return states


# %%
def deep_rnn(x: Array, layers: list[list[Direction]]) -> Array:
    current = x
    for layer in layers:
        sides = []
        for number, (u, w, b) in enumerate(layer):
            order = list(range(current.shape[0]))
            if number == 1:
                order.reverse()
            h = np.zeros((current.shape[1], w.shape[0]), dtype=x.dtype)
            states = [None] * len(order)
            for t in order:
                h = np.tanh(current[t] @ u.T + h @ w.T + b)
                states[t] = h
            sides.append(np.stack(states))
        current = np.concatenate(sides, axis=2)
    return current


# %%
def rnn_backward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array
) -> tuple[Array, Array, Array, Array, Array]:
    hs = rnn_forward(x, h0, u, w, b)
    dx = np.zeros_like(x)
    dh0, du, dw, db = np.zeros_like(h0), np.zeros_like(u), np.zeros_like(w), np.zeros_like(b)
    for n in range(x.shape[1]):
        later = np.zeros_like(b)
        for t in reversed(range(x.shape[0])):
            before = h0[n] if t == 0 else hs[t - 1, n]
            delta = (dhs[t, n] + later) * (1 - hs[t, n] ** 2)
            du += np.outer(delta, x[t, n])
            dw += np.outer(delta, before)
            db += delta
            dx[t, n] = u.T @ delta
            later = w.T @ delta
        dh0[n] = later
    return dx, dh0, du, dw, db


# %%
def truncated_bptt(
    x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array, k: int
) -> tuple[Array, Array, Array, Array]:
    du, dw, db = np.zeros_like(u), np.zeros_like(w), np.zeros_like(b)
    h = h0
    first = 0
    while first < len(x):
        window = slice(first, first + k)
        _, _, du_part, dw_part, db_part = rnn_backward(x[window], h, u, w, b, dhs[window])
        du += du_part
        dw += dw_part
        db += db_part
        h = rnn_forward(x[window], h, u, w, b)[-1]
        first += k
    return du, dw, db, h


# %%
def bptt_gradient_norms(hs: Array, w: Array) -> tuple[Array, Array, str]:
    steps, hidden = hs.shape
    sigma = np.linalg.svd(w, compute_uv=False)[0]
    rho = np.abs(np.linalg.eigvals(w)).max()
    jacobian = np.eye(hidden, dtype=w.dtype)
    norms, bounds = [1.0], [1.0]
    for k in range(1, steps):
        state = hs[steps - k]
        jacobian = jacobian @ np.diag(1 - state**2) @ w
        norms.append(np.linalg.svd(jacobian, compute_uv=False)[0])
        bounds.append(sigma**k)
    if sigma < 1:
        fate = "vanishes"
    elif rho > 1:
        fate = "can explode"
    else:
        fate = "undecided"
    return np.array(norms, dtype=w.dtype), np.array(bounds, dtype=w.dtype), fate


# %%
def diagnose_bptt(x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array, dw: Array) -> str:
    hs = rnn_forward(x, h0, u, w, b)
    before = np.concatenate([h0[None], hs[:-1]])

    def deltas(past=True, tanh=True, turned=False):
        found, later = [], 0.0
        for t in reversed(range(len(x))):
            delta = dhs[t] + later
            if tanh:
                delta = delta * (1 - hs[t] ** 2)
            found.insert(0, delta)
            if past:
                later = delta @ (w.T if turned else w)
        return found

    def total(found, states):
        return sum(delta.T @ h for delta, h in zip(found, states))

    suspects = {
        "right": total(deltas(), before),
        "not accumulated": deltas()[0].T @ before[0],
        "no past": total(deltas(past=False), before),
        "no tanh": total(deltas(tanh=False), before),
        "turned": total(deltas(turned=True), before),
        "new state": total(deltas(), hs),
    }
    for name, suspect in suspects.items():
        if np.abs(dw - suspect).max() <= 1e-4 * np.abs(suspect).max():
            return name
    return "unknown"


# %%
def build_vocabulary(words: list[str], size: int) -> tuple[list[str], Numbers]:
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    ranked = sorted(counts, key=lambda word: -counts[word])
    vocabulary = ranked[: size - 1]
    place = {word: number for number, word in enumerate(vocabulary)}
    unknown = len(vocabulary)
    numbers = [place.get(word, unknown) for word in words]
    return [*vocabulary, "<unk>"], np.array(numbers)


# %%
def embed_backward(numbers: Numbers, dy: Array, size: int) -> Array:
    dtable = np.zeros((size, dy.shape[2]), dtype=dy.dtype)
    for t in range(numbers.shape[0]):
        for n in range(numbers.shape[1]):
            row = numbers[t, n]
            if row != -1:
                dtable[row] += dy[t, n]
    return dtable


# %%
def sequence_cross_entropy(logits: Array, targets: Numbers) -> tuple[float, float, Array]:
    steps, batch, _ = logits.shape
    gradient = np.zeros_like(logits)
    total, count = 0.0, 0
    for t in range(steps):
        for n in range(batch):
            word = targets[t, n]
            if word == -1:
                continue
            o = logits[t, n] - logits[t, n].max()
            p = np.exp(o) / np.exp(o).sum()
            total += float(np.log(np.exp(o).sum()) - o[word])
            gradient[t, n] = p
            gradient[t, n, word] -= 1
            count += 1
    loss = total / count
    return loss, float(np.exp(loss)), gradient / count


# %%
def ngram_probabilities(tokens: Numbers, size: int, n: int, k: float) -> Array:
    counts = np.zeros((size,) * n)
    for i in range(len(tokens) - n + 1):
        counts[tuple(tokens[i : i + n])] += 1
    p = np.zeros_like(counts)
    for context in np.ndindex(*counts.shape[:-1]):
        total = sum(counts[context][v] + k for v in range(size))
        for word in range(size):
            p[(*context, word)] = (counts[context][word] + k) / total
    return p


# %%
def sample_next(
    logits: Array, temperature: float, u: Array, top_k: int = 0, top_p: float = 1.0
) -> Numbers:
    chosen = []
    for row, number in zip(logits, u):
        row = row.astype(float)
        if temperature == 0:
            chosen.append(int(np.argmax(row)))
            continue
        p = np.exp((row - row.max()) / temperature)
        p = p / p.sum()
        likeliest = sorted(range(len(p)), key=lambda word: -row[word])
        if top_k > 0:
            likeliest = likeliest[:top_k]
            p = p / p[likeliest].sum()
        if top_p < 1:
            kept, total = [], 0.0
            for word in likeliest:
                kept.append(word)
                total += p[word]
                if total >= top_p:
                    break
            likeliest = kept
            p = p / p[likeliest].sum()
        end, answer = 0.0, None
        for word in sorted(likeliest):
            if p[word] == 0:
                continue
            answer = word
            end += p[word]
            if number < end:
                break
        chosen.append(answer)
    return np.array(chosen, dtype=int)


# %%
def generate(
    first: Numbers,
    steps: int,
    model: tuple[Array, Array, Array, Array, Array, Array],
    temperature: float,
    rng: np.random.Generator,
) -> Numbers:
    table, u, w, b, v, c = model
    word = first
    h = np.zeros((len(first), w.shape[0]), dtype=w.dtype)
    said = []
    for _ in range(steps):
        h = np.tanh(table[word] @ u.T + h @ w.T + b)
        logits = h @ v.T + c
        chosen = []
        for n in range(len(first)):
            if temperature == 0:
                chosen.append(np.argmax(logits[n]))
            else:
                o = (logits[n] - logits[n].max()).astype(float) / temperature
                p = np.exp(o) / np.exp(o).sum()
                chosen.append(rng.choice(len(p), p=p))
        word = np.array(chosen)
        said.append(word)
    return np.array(said)


# %%
def encoder_decoder(
    source: Numbers,
    target: Numbers,
    start: int,
    encoder: tuple[Array, Array, Array, Array],
    decoder: tuple[Array, Array, Array, Array, Array, Array],
) -> Array:
    table, u, w, b = encoder
    length, batch = source.shape
    state = np.zeros((batch, w.shape[0]), dtype=w.dtype)
    for t in range(length):
        for n in range(batch):
            if source[t, n] != -1:
                state[n] = np.tanh(u @ table[source[t, n]] + w @ state[n] + b)
    table, u, w, b, v, c = decoder
    logits = []
    for t in range(target.shape[0]):
        if t == 0:
            read = np.full(batch, start)
        else:
            read = target[t - 1]
        state = np.tanh(table[read] @ u.T + state @ w.T + b)
        logits.append(state @ v.T + c)
    return np.array(logits)


# %%
def forecast_split(
    series: Array, width: int, horizon: int, test: int
) -> tuple[Array, Array, Array, Array, float]:
    samples = len(series) - width - horizon + 1
    first_test = samples - test
    forecast_made_at = first_test + width - 1
    x_train, y_train, x_test, y_test = [], [], [], []
    for i in range(samples):
        goal = i + width - 1 + horizon
        if i >= first_test:
            x_test.append(series[i : i + width])
            y_test.append(series[goal])
        elif goal <= forecast_made_at:
            x_train.append(series[i : i + width])
            y_train.append(series[goal])
    squares = [(float(y) - float(x[-1])) ** 2 for x, y in zip(x_test, y_test)]
    naive = float(np.sqrt(sum(squares) / len(squares)))
    dtype = series.dtype
    return (
        np.array(x_train, dtype).reshape(-1, width),
        np.array(y_train, dtype),
        np.array(x_test, dtype),
        np.array(y_test, dtype),
        naive,
    )
