"""Recurrent nets against PyTorch's modules and autograd, SciPy, counts by hand and lots by number.

`nn.RNN` keeps two biases, of which one is zero here. What a backward pass returns is autograd's
gradient of the forward pass written out with torch operations; a cut between windows is `detach`.
"""

from __future__ import annotations

import inspect
import math
from collections import Counter
from itertools import product

import numpy as np
import pytest

from reference import recurrent as reference
from solutions.recurrent import chapter

torch = pytest.importorskip("torch")

T, N, D, H = 7, 3, 4, 5
BOTH = pytest.mark.parametrize("module", [reference, chapter], ids=["reference", "chapter"])
SIZES = pytest.mark.parametrize(
    ("steps", "n", "d", "hidden"), [(7, 3, 4, 5), (1, 2, 1, 1), (40, 33, 24, 70)]
)
DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def draw(*shape, seed=0, dtype=np.float64, scale=1.0):
    return (scale * np.random.default_rng([seed, *shape]).normal(size=shape)).astype(dtype)


def problem(dtype=np.float64, steps=T, n=N, d=D, hidden=H):
    x, h0 = draw(steps, n, d, seed=1, dtype=dtype), draw(n, hidden, seed=2, dtype=dtype)
    u, b = draw(hidden, d, seed=3, dtype=dtype, scale=0.5), draw(hidden, seed=4, dtype=dtype)
    return x, h0, u, draw(hidden, hidden, seed=5, dtype=dtype, scale=0.5), b


def leaves(*arrays):
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def close(actual, expected, dtype=np.float64):
    expected = expected.detach() if hasattr(expected, "detach") else expected
    tolerance = 1e-11 if dtype == np.float64 else 2e-5
    assert np.asarray(actual).dtype == dtype
    np.testing.assert_allclose(actual, np.asarray(expected), rtol=tolerance, atol=tolerance)


def run(x, h, u, w, b, starts=None):
    """Run the net with torch operations."""
    states = []
    for t in range(len(x)):
        if starts is not None:
            h = torch.where(torch.tensor(starts[t])[:, None], torch.zeros_like(h), h)
        h = torch.tanh(x[t] @ u.T + h @ w.T + b)
        states.append(h)
    return torch.stack(states)


def module_of(layers, d):
    """Return PyTorch's module with these weights; all layers have one width and direction count."""
    both, hidden = len(layers[0]) == 2, len(layers[0][0][1])
    net = torch.nn.RNN(d, hidden, len(layers), bidirectional=both, dtype=torch.float64)
    with torch.no_grad():
        for k, layer in enumerate(layers):
            for end, (u, w, b) in zip(("", "_reverse"), layer, strict=False):
                for kind, value in (("weight_ih", u), ("weight_hh", w), ("bias_ih", b)):
                    getattr(net, f"{kind}_l{k}{end}").copy_(torch.tensor(value))
                getattr(net, f"bias_hh_l{k}{end}").zero_()
    return net


# --- the net --------------------------------------------------------------------------------------


@BOTH
@DTYPES
@pytest.mark.parametrize(
    ("steps", "n", "d", "hidden"), [(7, 3, 4, 5), (1, 1, 1, 1), (40, 33, 24, 70)]
)
def test_states_are_those_of_the_module(module, dtype, steps, n, d, hidden):
    x, h0, u, w, b = problem(dtype, steps, n, d, hidden)
    w = w / np.sqrt(hidden).astype(dtype)
    net = module_of([[(u, w, b)]], d).to(torch.tensor(x).dtype)
    expected, _ = net(torch.tensor(x), torch.tensor(h0)[None])
    close(module.rnn_forward(x, h0, u, w, b), expected, dtype)


@BOTH
def test_texts_begin_from_nothing(module):
    x, h0, u, w, b = problem()
    starts = np.random.default_rng(0).random((T, N)) < 0.4
    assert starts.any() and starts[0].any()
    expected = run(*(torch.tensor(part) for part in (x, h0, u, w, b)), starts)
    close(module.rnn_forward(x, h0, u, w, b, starts), expected)


@BOTH
@pytest.mark.parametrize("directions", [1, 2])
def test_stacks_are_those_of_the_module(module, directions):
    rng = np.random.default_rng(1)

    def reader(d):
        return tuple(0.5 * rng.normal(size=shape) for shape in ((H, d), (H, H), (H,)))

    layers = [[reader(d) for _ in range(directions)] for d in (D, directions * H, directions * H)]
    x = draw(T, N, D)
    close(module.deep_rnn(x, layers), module_of(layers, D)(torch.tensor(x))[0])


@BOTH
@DTYPES
@pytest.mark.parametrize(
    ("steps", "n", "d", "hidden"), [(7, 3, 4, 5), (1, 2, 1, 1), (30, 33, 24, 70)]
)
def test_back_through_time_is_autograd(module, dtype, steps, n, d, hidden):
    given = list(problem(dtype, steps, n, d, hidden))
    given[3] = given[3] / np.sqrt(hidden).astype(dtype)
    dhs = draw(steps, n, hidden, seed=6, dtype=dtype)
    parts = leaves(*given)
    expected = torch.autograd.grad(run(*parts), parts, torch.tensor(dhs))
    for actual, wanted in zip(module.rnn_backward(*given, dhs), expected, strict=True):
        scale = float(wanted.abs().max())
        close(actual / np.asarray(scale, dtype), wanted / scale, dtype)


@BOTH
@pytest.mark.parametrize("k", [1, 2, 3, 7, 20])
def test_windows_are_autograd_with_detached_states(module, k):
    given, dhs = problem(), draw(T, N, H, seed=6)
    x, h, u, w, b = leaves(*given)
    parts = []
    for first in range(0, T, k):
        h = h.detach()
        hs = run(x[first : first + k], h, u, w, b)
        parts.append((hs * torch.tensor(dhs[first : first + k])).sum())
        h = hs[-1]
    expected = [*torch.autograd.grad(sum(parts), [u, w, b]), h]
    for actual, wanted in zip(module.truncated_bptt(*given, dhs, k), expected, strict=True):
        close(actual, wanted)


@BOTH
def test_norms_are_those_of_autograds_jacobians(module):
    x, h0, u, w, b = (torch.tensor(part) for part in problem(n=1))
    hs = run(x, h0, u, w, b)[:, 0]

    def onward(h, k):
        return run(x[T - k :], h[None], u, w, b)[-1, 0] if k else h

    expected = [
        float(torch.linalg.matrix_norm(
            torch.autograd.functional.jacobian(lambda h, k=k: onward(h, k), hs[T - 1 - k]), 2))
        for k in range(T)
    ]  # fmt: skip
    norms, bounds, _ = module.bptt_gradient_norms(np.asarray(hs), np.asarray(w))
    close(norms, expected)
    close(bounds, float(torch.linalg.matrix_norm(w, 2)) ** np.arange(T))
    assert np.all(norms <= bounds * (1 + 1e-12))


@BOTH
def test_fates_are_what_powers_do(module):
    """Where W vanishes or explodes its powers do; in between a power may do either."""
    from scipy.linalg import norm

    rng, seen = np.random.default_rng(3), Counter()
    for _ in range(300):
        w = rng.uniform(0.2, 1.0) * rng.normal(size=(3, 3))
        fate = module.bptt_gradient_norms(np.zeros((2, 3)), w)[2]
        far = norm(np.linalg.matrix_power(w, 400), 2)
        seen[fate] += 1
        if fate == "vanishes":
            assert norm(w, 2) < 1 and far < 1
        elif fate == "can explode":
            assert far > 1
        else:
            assert norm(w, 2) >= 1 and far < norm(w, 2)
    assert min(seen.values()) > 20 and len(seen) == 3


@BOTH
def test_faults_are_those_of_autograd_made_wrong(module):
    """The right gradient, and the one of a graph that is cut at every step, by autograd."""
    given, dhs = problem(), draw(T, N, H, seed=6)
    x, h0, u, w, b = leaves(*given)
    whole = torch.autograd.grad((run(x, h0, u, w, b) * torch.tensor(dhs)).sum(), w)[0]
    h, parts = h0, []
    for t in range(T):
        h = torch.tanh(x[t] @ u.T + h.detach() @ w.T + b)
        parts.append((h * torch.tensor(dhs[t])).sum())
    cut = torch.autograd.grad(sum(parts), w)[0]
    assert module.diagnose_bptt(*given, dhs, np.asarray(whole)) == "right"
    assert module.diagnose_bptt(*given, dhs, np.asarray(cut)) == "no past"
    assert module.diagnose_bptt(*given, dhs, np.asarray(whole) + 1.0) == "unknown"


# --- words ----------------------------------------------------------------------------------------


@BOTH
@DTYPES
@pytest.mark.parametrize(("steps", "n", "e", "size"), [(5, 3, 4, 6), (40, 33, 64, 50)])
def test_the_embeddings_gradient_is_autograd(module, dtype, steps, n, e, size):
    numbers = np.random.default_rng(0).integers(-1, size, (steps, n))
    dy = draw(steps, n, e, dtype=dtype)
    (table,) = leaves(draw(size + 1, e, dtype=dtype))
    found = torch.nn.functional.embedding(torch.tensor(numbers) % (size + 1), table, size)
    (expected,) = torch.autograd.grad(found, table, torch.tensor(dy))
    close(module.embed_backward(numbers, dy, size), expected[:size], dtype)


@DTYPES
def test_rows_are_looked_up(dtype):
    table, numbers = draw(9, 33, dtype=dtype), np.random.default_rng(1).integers(-1, 9, (50, 30))
    expected = np.where(numbers[..., None] < 0, 0, table[numbers])
    close(reference.embed(table, numbers), expected, dtype)


@BOTH
@DTYPES
@pytest.mark.parametrize(("steps", "n", "k"), [(6, 3, 4), (40, 30, 70)])
def test_the_loss_is_pytorchs(module, dtype, steps, n, k):
    targets = np.random.default_rng(2).integers(-1, k, (steps, n))
    given = draw(steps, n, k, dtype=dtype, scale=3.0)
    (logits,) = leaves(given)
    expected = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), torch.tensor(targets).flatten(), ignore_index=-1
    )
    loss, perplexity, gradient = module.sequence_cross_entropy(given, targets)
    rtol = 1e-12 if dtype == np.float64 else 1e-5
    assert math.isclose(loss, float(expected.detach()), rel_tol=rtol)
    assert math.isclose(perplexity, math.exp(float(expected.detach())), rel_tol=10 * rtol)
    (wanted,) = torch.autograd.grad(expected, logits)
    close(gradient * targets.size, wanted * targets.size, dtype)


@BOTH
def test_perplexity_counts_equally_likely_words(module):
    for k in (2, 7, 30):
        logits = np.full((3, 2, k), 4.2)
        assert math.isclose(module.sequence_cross_entropy(logits, np.ones((3, 2), int))[1], k)


@BOTH
@pytest.mark.parametrize("n", [1, 2, 3])
def test_counts_are_those_of_a_dictionary(module, n):
    tokens, size, k = np.random.default_rng(3).integers(0, 4, 60), 4, 0.3
    seen = Counter(zip(*(tokens[i:].tolist() for i in range(n)), strict=False))
    found = module.ngram_probabilities(tokens, size, n, k)
    for gram in product(range(size), repeat=n):
        total = sum(seen[(*gram[:-1], word)] + k for word in range(size))
        assert math.isclose(found[gram], (seen[gram] + k) / total)
    np.testing.assert_allclose(found.sum(axis=-1), 1)


@BOTH
def test_the_vocabulary_is_that_of_a_stable_sort(module):
    rng = np.random.default_rng(4)
    words = [f"w{k}" for k in rng.zipf(1.5, 400) % 50]
    order = sorted(set(words), key=lambda word: (-words.count(word), words.index(word)))
    found, numbers = module.build_vocabulary(words, 20)
    assert found == [*order[:19], "<unk>"]
    assert [found[k] if k < 19 else None for k in numbers] == [
        word if word in order[:19] else None for word in words
    ]


# --- writing --------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("knobs", [(1.0, 0, 1.0), (0.5, 0, 1.0), (2.0, 3, 1.0), (1.0, 0, 0.7),
                                   (1.5, 5, 0.8)])  # fmt: skip
def test_lots_have_their_probabilities(module, knobs):
    """Evenly spread numbers give each word its share, which torch operations work out."""
    temperature, top_k, top_p = knobs
    logits = draw(8, seed=9)
    p = torch.softmax(torch.tensor(logits) / temperature, 0)
    ranked, order = torch.sort(p, descending=True)
    if top_k:
        ranked[top_k:] = 0
    ranked = ranked / ranked.sum()
    if top_p < 1:
        ranked[ranked.cumsum(0) - ranked >= top_p] = 0
    expected = torch.zeros(8, dtype=torch.float64).scatter(0, order, ranked / ranked.sum())
    u = (np.arange(4000) + 0.5) / 4000
    chosen = module.sample_next(np.tile(logits, (4000, 1)), temperature, u, top_k, top_p)
    assert np.all(np.diff(chosen) >= 0)
    shares = np.bincount(chosen, minlength=8) / 4000
    np.testing.assert_allclose(shares, expected, atol=1 / 4000 + 1e-12)


@BOTH
def test_written_pairs_have_the_models_probabilities(module):
    """A chi-square test of 20,000 pairs of words; the same seed writes the same."""
    from scipy.stats import chisquare

    rng = np.random.default_rng(6)
    words, e = 4, 3
    table, v, c = rng.normal(size=(words, e)), rng.normal(size=(words, H)), rng.normal(size=words)
    u, w, b = rng.normal(size=(H, e)), 0.5 * rng.normal(size=(H, H)), rng.normal(size=H)
    model, temperature = (table, u, w, b, v, c), 1.3
    first = np.zeros(20_000, int)
    found = module.generate(first, 2, model, temperature, np.random.default_rng(7))
    again = module.generate(first, 2, model, temperature, np.random.default_rng(7))
    other = module.generate(first, 2, model, temperature, np.random.default_rng(8))
    assert np.array_equal(found, again) and not np.array_equal(found, other)
    tensors = [torch.tensor(part) for part in (u, w, b)]
    h = run(torch.tensor(table[:1])[None], torch.zeros(1, H, dtype=torch.float64), *tensors)
    one = torch.softmax((h[0, 0] @ torch.tensor(v).T + torch.tensor(c)) / temperature, 0)
    h2 = run(torch.tensor(table)[None], h[0].repeat(words, 1), *tensors)[0]
    two = torch.softmax((h2 @ torch.tensor(v).T + torch.tensor(c)) / temperature, 1)
    pairs = np.bincount(found[0] * words + found[1], minlength=words**2)
    expected = np.asarray(one[:, None] * two).ravel() * len(first)
    assert chisquare(pairs, expected * pairs.sum() / expected.sum()).pvalue > 1e-6


@BOTH
@DTYPES
def test_a_decoder_reads_on_where_the_encoder_stopped(module, dtype):
    """Each sequence alone, its source cut to its length, by PyTorch's modules."""
    rng = np.random.default_rng(8)

    def net(d):
        return [(0.5 * rng.normal(size=s)).astype(dtype) for s in ((H, d), (H, H), (H,))]

    encoder = (draw(6, D, dtype=dtype), *net(D))
    decoder = (draw(4, 2, dtype=dtype), *net(2), draw(4, H, dtype=dtype), draw(4, dtype=dtype))
    lengths = [5, 2, 0]
    source, target = rng.integers(0, 6, (5, 3)), rng.integers(0, 4, (6, 3))
    for n, length in enumerate(lengths):
        source[length:, n] = -1
    found = module.encoder_decoder(source, target, 2, encoder, decoder)
    for n, length in enumerate(lengths):
        h = torch.zeros(1, 1, H, dtype=torch.tensor(encoder[0]).dtype)
        if length:
            words = torch.tensor(encoder[0])[source[:length, n]][:, None]
            _, h = module_of([[encoder[1:]]], D).to(h.dtype)(words, h)
        seen = np.concatenate([[2], target[:-1, n]])
        words = torch.tensor(decoder[0])[seen][:, None]
        hs, _ = module_of([[decoder[1:4]]], 2).to(h.dtype)(words, h)
        expected = hs[:, 0] @ torch.tensor(decoder[4]).T + torch.tensor(decoder[5])
        close(found[:, n], expected, dtype)


# --- forecasts ------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize(("width", "horizon", "test"), [(3, 1, 4), (1, 3, 2), (4, 2, 5)])
def test_samples_are_told_by_their_times(module, width, horizon, test):
    """Of the series 0, 1, 2, ... each value is its own time."""
    times = np.arange(25.0)
    x, y, x_test, y_test, naive = module.forecast_split(times, width, horizon, test)
    for inputs, targets in ((x, y), (x_test, y_test)):
        assert np.array_equal(inputs[:, -1] + horizon, targets)
        assert np.all(np.diff(inputs, axis=1) == 1) and np.all(np.diff(targets) == 1)
    assert y_test[-1] == 24 and len(y_test) == test
    assert x[0, 0] == 0 and y[-1] == x_test[0, -1]
    assert naive == horizon


def test_persistence_is_a_random_walks_best_forecast():
    walk = np.cumsum(np.random.default_rng(0).normal(size=20_000))
    x, y, x_test, y_test, naive = chapter.forecast_split(walk, 5, 1, 5000)
    weights = np.linalg.lstsq(x, y, rcond=None)[0]
    assert abs(naive - 1) < 0.05
    assert np.sqrt(np.mean((x_test @ weights - y_test) ** 2)) > 0.99 * naive


def test_the_chapter_is_written_by_hand():
    assert "torch" not in inspect.getsource(chapter)
