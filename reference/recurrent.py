# mypy: allow-untyped-defs
"""Recurrent nets and language models: the kernels behind `solutions.recurrent.chapter`.

What the inputs contribute is one product for the whole sequence, and so are the gradients of the
weights and the inputs; what is left to each step is the product with the state. A sequence is
independent of the others in its batch: one job takes some sequences from the first step to the
last. An embedding's gradient is added up in the order of the text, some columns per job.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.gemm import by_panels, matmul, paneled, steps, tiles
from reference.kernels.losses import entropy_parallel, entropy_serial
from reference.kernels.move import copy_lines, put
from reference.kernels.vector import exp, tanh

__all__ = [
    "bptt_gradient_norms",
    "build_vocabulary",
    "deep_rnn",
    "diagnose_bptt",
    "embed",
    "embed_backward",
    "encoder_decoder",
    "forecast_split",
    "generate",
    "ngram_probabilities",
    "rnn_backward",
    "rnn_forward",
    "sample_next",
    "sequence_cross_entropy",
    "truncated_bptt",
]

Array = NDArray[Any]
Direction = tuple[Array, Array, Array]

# --- reading --------------------------------------------------------------------------------------


@njit(**SERIAL)
def _read(tile, first, last, panels, b, starts, old, hs):
    """Turn what the inputs contribute, in `hs`, into states: sequences first ... last-1.

    `hs` begins with the states before the first step. `starts` has a row per step, or none.
    """
    hidden = b.size
    by_h, along = steps(last, hidden)[first:], steps(hidden, 1)
    for t in range(1, hs.shape[0]):
        before = hs[t - 1]
        if starts.shape[0] > 0:
            for n in range(first, last):
                if starts[t - 1, n]:
                    old[n, :] = 0
                else:
                    put(old[n], before[n])
            before = old
        now = hs[t]
        flat, sums = before.reshape(-1), now.reshape(-1)
        by_panels(tile, flat, by_h, along, panels, 0, hidden, sums, by_h, True)
        for n in range(first, last):
            row = now[n]
            for j in range(hidden):
                row[j] = tanh(row[j] + b[j])


@njit(**PARALLEL)
def _read_parallel(tile, jobs, panels, b, starts, old, hs):
    """See `_read`; some sequences per job."""
    batch = hs.shape[1]
    for job in prange(jobs):
        first, last = job * batch // jobs, (job + 1) * batch // jobs
        _read(tile, first, last, panels, b, starts, old, hs)


def _states(
    x: Array, h0: Array, u: Array, w: Array, b: Array, starts: Array | None = None
) -> Array:
    """Return h0 and the state after every step."""
    length, batch, inputs = x.shape
    hidden = len(w)
    hs = np.empty((length + 1, batch, hidden), x.dtype)
    hs[0] = h0
    rows = length * batch
    matmul(x.reshape(rows, inputs), u, hs[1:].reshape(rows, hidden), turn_b=True)
    none = np.zeros((0, batch), np.bool_)
    begun = none if starts is None else starts
    old = np.empty((0 if starts is None else batch, hidden), x.dtype)
    rest = paneled(w, hidden, True), b, begun, old, hs
    if rows * w.size < 16 * SMALL:
        _read(tiles(x.dtype), 0, batch, *rest)
    else:
        _read_parallel(tiles(x.dtype), min(batch, numba.get_num_threads()), *rest)
    return hs


@contract("x (T, N, D), h0 (N, H), u (H, D), w (H, H), b (H), starts bool? (T, N)", "T >= 1")
def rnn_forward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, starts: Array | None = None
) -> Array:
    """See `solutions.recurrent.chapter.rnn_forward`."""
    return np.asarray(_states(x, h0, u, w, b, starts)[1:])


@contract("x (T, N, D), layers any -> x", "T >= 1")
def deep_rnn(x: Array, layers: list[list[Direction]]) -> Array:
    """See `solutions.recurrent.chapter.deep_rnn`."""
    kind = x.dtype
    if not isinstance(layers, Sequence) or not layers:
        raise ValueError("expected layers as a list of lists of (u, w, b), one layer at least")
    for layer in layers:
        if not isinstance(layer, Sequence) or len(layer) not in (1, 2):
            raise ValueError("expected each layer as a list of one or two (u, w, b)")
        found = []
        for direction, net in zip((1, -1), layer, strict=False):
            if not isinstance(net, Sequence) or len(net) != 3:
                raise ValueError("expected each direction as a tuple (u, w, b)")
            zeros = np.zeros((x.shape[1], len(np.atleast_1d(net[1]))), x.dtype)
            found.append(rnn_forward(x[::direction], zeros, *net)[::direction])
        x = np.concatenate(found, axis=2)
    return x.astype(kind, copy=False)  # the layers may be in another


# --- back through time ----------------------------------------------------------------------------


@njit(**SERIAL)
def _back(tile, first, last, panels, dhs, hs, da, dh):
    """Go back through the sequences first ... last-1: fill `da`, and dh with what h0 gets."""
    hidden = dh.shape[1]
    by_h, along, one = steps(last, hidden)[first:], steps(hidden, 1), dh.dtype.type(1)
    for t in range(dhs.shape[0] - 1, -1, -1):
        for n in range(first, last):
            into, given, carried, state = da[t, n], dhs[t, n], dh[n], hs[t + 1, n]
            for j in range(hidden):
                into[j] = (given[j] + carried[j]) * (one - state[j] * state[j])
        sums, below = da[t].reshape(-1), dh.reshape(-1)
        by_panels(tile, sums, by_h, along, panels, 0, hidden, below, by_h, False)


@njit(**PARALLEL)
def _back_parallel(tile, jobs, panels, dhs, hs, da, dh):
    """See `_back`; some sequences per job."""
    batch = dh.shape[0]
    for job in prange(jobs):
        first, last = job * batch // jobs, (job + 1) * batch // jobs
        _back(tile, first, last, panels, dhs, hs, da, dh)


def _gradients(
    x: Array, hs: Array, u: Array, w: Array, dhs: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Return dx, dh0, du, dw and db, given the states; `hs` begins with h0."""
    length, batch, inputs = x.shape
    hidden, rows = len(w), length * batch
    da, dh = np.empty_like(dhs), np.zeros((batch, hidden), x.dtype)
    rest = paneled(w, hidden), dhs, hs, da, dh
    if rows * w.size < 16 * SMALL:
        _back(tiles(x.dtype), 0, batch, *rest)
    else:
        _back_parallel(tiles(x.dtype), min(batch, numba.get_num_threads()), *rest)
    flat, seen = da.reshape(rows, hidden), x.reshape(rows, inputs)
    dx, du, dw = np.empty_like(x), np.empty_like(u), np.empty_like(w)
    matmul(flat, u, dx.reshape(rows, inputs))
    matmul(flat, seen, du, turn_a=True)
    matmul(flat, hs[:-1].reshape(rows, hidden), dw, turn_a=True)
    return dx, dh, du, dw, np.add.reduce(flat, axis=0)


@contract("x (T, N, D), h0 (N, H), u (H, D), w (H, H), b (H), dhs (T, N, H)", "T >= 1")
def rnn_backward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """See `solutions.recurrent.chapter.rnn_backward`."""
    return _gradients(x, _states(x, h0, u, w, b), u, w, dhs)


@contract("x (T, N, D), h0 (N, H), u (H, D), w (H, H), b (H), dhs (T, N, H), k int >= 1", "T >= 1")
def truncated_bptt(
    x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array, k: int
) -> tuple[Array, Array, Array, Array]:
    """See `solutions.recurrent.chapter.truncated_bptt`."""
    hs = _states(x, h0, u, w, b)
    sums = [np.zeros_like(part) for part in (u, w, b)]
    for first in range(0, len(x), k):
        last = min(first + k, len(x))
        found = _gradients(x[first:last], hs[first : last + 1], u, w, dhs[first:last])
        for total, part in zip(sums, found[2:], strict=True):
            total += part
    return sums[0], sums[1], sums[2], hs[-1].copy()


@contract("hs double (T, H), w double (H, H)", "T >= 1", "H >= 1")
def bptt_gradient_norms(hs: Array, w: Array) -> tuple[Array, Array, str]:
    """See `solutions.recurrent.chapter.bptt_gradient_norms`."""
    if not np.isfinite(w).all():
        raise ValueError("expected finite numbers in w, got others")
    largest = float(np.linalg.svd(w, compute_uv=False)[0])
    radius = float(np.abs(np.linalg.eigvals(w)).max())
    norms, product = np.ones(len(hs)), np.eye(len(w))
    for back in range(1, len(hs)):
        state = hs[len(hs) - back]
        product = product @ (w * (1.0 - state * state)[:, None])
        norms[back] = np.linalg.svd(product, compute_uv=False)[0]
    fate = "vanishes" if largest < 1 else "can explode" if radius > 1 else "undecided"
    return norms, largest ** np.arange(len(hs)), fate


def _shares(
    factor: Array, back: Array, dhs: Array, before: Array, past: bool = True
) -> list[Array]:
    """Return each step's share of the gradient by w, for a backward pass done in a given way."""
    carried, shares = np.zeros_like(dhs[0]), []
    for t in range(len(dhs) - 1, -1, -1):
        at = (dhs[t] + carried if past else dhs[t]) * factor[t]
        carried = matmul(at, back, np.empty_like(at))
        shares.append(matmul(at, before[t], np.empty_like(back), turn_a=True))
    return shares


@contract(
    "x (T, N, D), h0 (N, H), u (H, D), w (H, H), b (H), dhs (T, N, H), dw (H, H)",
    "T >= 1",
    "H >= 1",
)
def diagnose_bptt(x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array, dw: Array) -> str:
    """See `solutions.recurrent.chapter.diagnose_bptt`."""
    hs = _states(x, h0, u, w, b)
    bent, flat, old = 1 - hs[1:] * hs[1:], np.ones_like(dhs), hs[:-1]
    right = _shares(bent, w, dhs, old)
    suspects = {
        "right": right,
        "not accumulated": right[-1:],
        "no past": _shares(bent, w, dhs, old, past=False),
        "no tanh": _shares(flat, w, dhs, old),
        "turned": _shares(bent, w.T.copy(), dhs, old),
        "new state": _shares(bent, w, dhs, hs[1:]),
    }
    for name, shares in suspects.items():
        due = np.add.reduce(shares)
        if np.abs(dw - due).max() <= 1e-4 * np.abs(due).max():
            return name
    return "unknown"


# --- words ----------------------------------------------------------------------------------------


@contract("words any, size int >= 1")
def build_vocabulary(words: list[str], size: int) -> tuple[list[str], NDArray[np.integer]]:
    """See `solutions.recurrent.chapter.build_vocabulary`."""
    if isinstance(words, str) or not isinstance(words, Sequence) or not words:
        raise ValueError("expected words as a list of str, one at least")
    if not all(isinstance(word, str) for word in words):
        raise TypeError("expected words as a list of str")
    counts = Counter(words)  # in the order of first appearance, which sorting keeps
    kept = sorted(counts, key=lambda word: -counts[word])[: size - 1]
    place = dict(zip(kept, range(len(kept)), strict=True))
    numbers = np.fromiter((place.get(word, len(kept)) for word in words), np.int64, len(words))
    return [*kept, "<unk>"], numbers


def _rows(table, numbers, out):
    """Look up rows; padding gives zeros."""
    wide, nothing = table.shape[1], -table.dtype.type(0)
    source, target = table.reshape(-1), out.reshape(-1)
    for n in prange(numbers.size):
        if numbers[n] < 0:
            out[n, :] = 0
        else:
            copy_lines(target, n * wide, 0, source, numbers[n] * wide, 0, 1, wide, nothing)


_rows_serial = njit(**SERIAL)(_rows)
_rows_parallel = njit(**PARALLEL)(_rows)


@contract("table (V, E), numbers int (T, N) >= -1 < V")
def embed(table: Array, numbers: NDArray[np.integer]) -> Array:
    """Return ``table[numbers]``, of shape (T, N, E), with zeros at padding, -1."""
    out = np.empty((*numbers.shape, table.shape[1]), table.dtype)
    run = _rows_serial if out.size < SMALL else _rows_parallel
    run(table, numbers.reshape(-1), out.reshape(numbers.size, table.shape[1]))
    return out


@njit(**SERIAL)
def _add_rows(numbers, dy, first, last, gradient):
    """Add up columns first ... last-1 by row of the table, in the order of the text."""
    for n in range(numbers.size):
        row = numbers[n]
        if row >= 0:
            to, given = gradient[row, first:last], dy[n, first:last]
            for j in range(to.size):
                to[j] += given[j]


@njit(**PARALLEL)
def _add_rows_parallel(jobs, numbers, dy, gradient):
    """See `_add_rows`; some columns per job."""
    wide = gradient.shape[1]
    for job in prange(jobs):
        _add_rows(numbers, dy, job * wide // jobs, (job + 1) * wide // jobs, gradient)


@contract("numbers int (T, N) >= -1 < size, dy (T, N, E), size int >= 1 -> dy")
def embed_backward(numbers: NDArray[np.integer], dy: Array, size: int) -> Array:
    """See `solutions.recurrent.chapter.embed_backward`."""
    wide = dy.shape[2]
    gradient = np.zeros((size, wide), dy.dtype)
    flat, given = numbers.reshape(-1), dy.reshape(numbers.size, wide)
    if dy.size < SMALL:
        _add_rows(flat, given, 0, wide, gradient)
    else:
        _add_rows_parallel(numba.get_num_threads(), flat, given, gradient)
    return gradient


@contract("logits (T, N, K), targets int (T, N) >= -1 < K -> logits")
def sequence_cross_entropy(
    logits: Array, targets: NDArray[np.integer]
) -> tuple[float, float, Array]:
    """See `solutions.recurrent.chapter.sequence_cross_entropy`."""
    count = int(np.count_nonzero(targets >= 0))
    if count == 0:
        raise ValueError("expected a target that is no padding, got none")
    flat, slope = logits.reshape(targets.size, logits.shape[2]), np.empty_like(logits)
    run = entropy_serial if logits.size < SMALL else entropy_parallel
    share = logits.dtype.type(1.0 / count)
    summed = run(flat, targets.reshape(-1), share, slope.reshape(flat.shape))
    loss = float(summed) / count
    return loss, float(np.exp(loss)), slope


@contract(
    "tokens int (L) >= 0 < size, size int >= 1, n int >= 1, k real > 0",
    "L >= n",
    "size ** n <= 1 << 26",
)
def ngram_probabilities(tokens: NDArray[np.integer], size: int, n: int, k: float) -> Array:
    """See `solutions.recurrent.chapter.ngram_probabilities`."""
    where = np.zeros(len(tokens) - n + 1, np.int64)
    for i in range(n):
        where = where * size + tokens[i : i + len(where)]
    counts = np.bincount(where, minlength=size**n).reshape(-1, size) + float(k)
    counts /= np.add.reduce(counts, axis=1, keepdims=True)
    return np.asarray(counts.reshape((size,) * n))


# --- writing --------------------------------------------------------------------------------------


@njit(**SERIAL)
def _choose(logits, ranks, temperature, u, top_p, chosen):
    """Choose a word of each row: those ranked stay, of these the nucleus."""
    n_words = logits.shape[1]
    for n in range(logits.shape[0]):
        row, p = logits[n], np.zeros(n_words)
        order = ranks[n]
        mass = 0.0
        for word in order:
            p[word] = exp((row[word] - row[order[0]]) / temperature)
            mass += p[word]
        above, left = 0.0, 0.0
        for word in order:
            share = p[word] / mass
            if top_p < 1 and above >= top_p:
                p[word] = 0.0
            above += share
            left += p[word]
        at, below = u[n] * left, 0.0
        for word in range(n_words):
            if p[word] > 0:
                chosen[n] = word
                below += p[word]
                if below > at:
                    break


@contract(
    "logits (N, K), temperature real >= 0, u double (N) >= 0 < 1, top_k int >= 0, top_p real > 0",
    "K >= 1",
)
def sample_next(
    logits: Array, temperature: float, u: Array, top_k: int = 0, top_p: float = 1.0
) -> NDArray[np.integer]:
    """See `solutions.recurrent.chapter.sample_next`."""
    if temperature == 0:
        return np.asarray(np.argmax(logits, axis=1))
    chosen = np.empty(len(logits), np.int64)
    some = top_k if 0 < top_k < logits.shape[1] else logits.shape[1]
    wide = logits.astype(np.float64)
    ranks = np.ascontiguousarray(np.argsort(-wide, axis=1, kind="stable")[:, :some])
    _choose(wide, ranks, float(temperature), u, float(top_p), chosen)
    return chosen


@contract(
    "first int (N) >= 0 < K, steps int >= 1, "
    "model tuple((K, E), (H, E), (H, H), (H), (K, H), (K)), temperature real >= 0, rng rng"
)
def generate(
    first: NDArray[np.integer],
    steps: int,
    model: tuple[Array, ...],
    temperature: float,
    rng: np.random.Generator,
) -> NDArray[np.integer]:
    """See `solutions.recurrent.chapter.generate`."""
    table, u, w, b, v, c = model
    state, word = np.zeros((len(first), len(w)), table.dtype), first
    written = np.empty((steps, len(first)), np.int64)
    for step in range(steps):
        state = _states(table[word][None], state, u, w, b)[1]
        logits = matmul(state, v, np.empty((len(first), len(c)), v.dtype), turn_b=True) + c
        word = sample_next(logits, temperature, rng.random(len(first)))
        written[step] = word
    return written


@contract(
    "source int (S, N) >= -1 < J, target int (T, N) >= 0 < K, start int >= 0, "
    "encoder tuple((J, E), (H, E), (H, H), (H)), "
    "decoder tuple((K, F), (H, F), (H, H), (H), (K, H), (K))",
    "T >= 1",
    "start < K",
)
def encoder_decoder(
    source: NDArray[np.integer],
    target: NDArray[np.integer],
    start: int,
    encoder: tuple[Array, ...],
    decoder: tuple[Array, ...],
) -> Array:
    """See `solutions.recurrent.chapter.encoder_decoder`."""
    table, u, w, b = encoder
    state = np.zeros((source.shape[1], len(w)), table.dtype)
    for words in source:
        real = words >= 0
        state[real] = _states(table[words[real]][None], state[real], u, w, b)[1]
    table, u, w, b, v, c = decoder
    seen = np.full_like(target, start)
    seen[1:] = target[:-1]
    hs = _states(embed(table, seen), state, u, w, b)[1:]
    logits = np.empty((target.size, len(c)), table.dtype)
    matmul(hs.reshape(target.size, len(w)), v, logits, turn_b=True)
    return np.asarray((logits + c).reshape(*target.shape, len(c)))


# --- forecasts ------------------------------------------------------------------------------------


@contract(
    "series (L), width int >= 1, horizon int >= 1, test int >= 1 -> series",
    "L - width - 2 * horizon + 2 - test >= 1",
)
def forecast_split(
    series: Array, width: int, horizon: int, test: int
) -> tuple[Array, Array, Array, Array, float]:
    """See `solutions.recurrent.chapter.forecast_split`."""
    windows = np.lib.stride_tricks.sliding_window_view(series, width)[:-horizon]
    targets = series[width + horizon - 1 :]
    cut = len(targets) - test
    past = cut - horizon + 1
    gap = windows[cut:, -1].astype(np.float64) - targets[cut:]
    naive = float(np.sqrt(np.mean(gap * gap)))
    x, y = windows[:past].copy(), targets[:past].copy()
    return x, y, windows[cut:].copy(), targets[cut:].copy(), naive
