"""Attention against PyTorch's own and its autograd; positions, tokens and costs by definition.

PyTorch's `scaled_dot_product_attention` gives NaN or zeros to a query that sees nothing, by
version: such rows are compared with zeros.
"""

from __future__ import annotations

import math
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest

from reference import attention as ref
from solutions.attention import chapter

torch = pytest.importorskip("torch")
nn = torch.nn.functional

DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32])
BOTH = pytest.mark.parametrize("module", [ref, chapter], ids=["reference", "chapter"])


def drawn(seed, *shape, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype(dtype)


def close(actual, expected, dtype=np.float64, slack=1.0):
    expected = np.asarray(expected.detach() if hasattr(expected, "detach") else expected)
    assert actual.dtype == dtype
    assert actual.shape == expected.shape
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    tolerance = slack * scale * (1e-10 if dtype == np.float64 else 2e-5)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance)


def leaves(*arrays):
    return [torch.tensor(array, requires_grad=True) for array in arrays]


SIZES = [
    (2, 3, 4, 5, 6, 7),
    (1, 1, 1, 1, 1, 1),
    (1, 2, 65, 97, 3, 5),
    (2, 2, 130, 200, 16, 8),
    (1, 3, 200, 64, 33, 17),
    (1, 2, 1, 300, 16, 24),  # few queries, several blocks of keys
    (2, 1, 8, 97, 5, 3),
]


LARGE = sorted(SIZES, key=lambda size: math.prod(size[:4]))[-2:]
"""Scores enough for all threads, whose kernels every run compiles in float32 alone."""


@BOTH
@pytest.mark.parametrize(
    ("size", "dtype"),
    [
        pytest.param(size, dtype, marks=pytest.mark.slow if large and dtype is np.float64 else ())
        for size in SIZES
        for dtype in (np.float64, np.float32)
        for large in [size in LARGE]
    ],
)
@pytest.mark.parametrize("how", ["everywhere", "masked", "causal"])
def test_attention_and_its_gradient_are_pytorchs(module, dtype, size, how):
    n, h, t, s, d, e = size
    if how == "causal":
        s = max(s, t)
    q, k = drawn(1, n, h, t, d, dtype=dtype), drawn(2, n, h, s, d, dtype=dtype)
    v, dout = drawn(3, n, h, s, e, dtype=dtype), drawn(4, n, h, t, e, dtype=dtype)
    mask = None
    if how == "masked":
        mask = np.random.default_rng(5).random((t, s)) < 0.4
        mask[:, 0] = True
    if how == "causal":
        mask = module.causal_mask(t, s)
    given = leaves(q, k, v)
    out = nn.scaled_dot_product_attention(
        *given, attn_mask=None if mask is None else torch.tensor(mask)
    )
    expected = torch.autograd.grad(out, given, torch.tensor(dout))
    close(module.scaled_dot_product_attention(q, k, v, mask), out, dtype)
    for one, other in zip(module.attention_backward(q, k, v, dout, mask), expected, strict=True):
        close(one, other, dtype, 5.0)


@DTYPES
@pytest.mark.parametrize(("t", "s"), [(1, 1), (5, 9), (64, 64), (70, 300), (260, 260)])
def test_causal_attention_makes_the_mask_nowhere_and_is_the_same(t, s, dtype):
    q, k, v = drawn(1, 2, 2, t, 8, dtype=dtype), drawn(2, 2, 2, s, 8, dtype=dtype), None
    v, dout = drawn(3, 2, 2, s, 4, dtype=dtype), drawn(4, 2, 2, t, 4, dtype=dtype)
    mask = ref.causal_mask(t, s)
    expected = ref.scaled_dot_product_attention(q, k, v, mask)
    np.testing.assert_array_equal(ref.causal_attention(q, k, v), expected)
    back = ref.causal_attention_backward(q, k, v, dout)
    for one, other in zip(back, ref.attention_backward(q, k, v, dout, mask), strict=True):
        close(one, other, dtype)


def test_a_long_text_needs_no_array_of_all_pairs():
    """8,192 positions: all pairs would be 256 MiB in float32, for each head."""
    q, k, v = (drawn(i, 1, 1, 8192, 4, dtype=np.float32) for i in range(3))
    ref.causal_attention_backward(q[:, :, :64], k[:, :, :64], v[:, :, :64], v[:, :, :64])
    tracemalloc.start()
    ref.causal_attention_backward(q, k, v, v)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * 2**20
    last = ref.causal_attention(q, k, v)[0, 0, -1]
    p = np.exp(k[0, 0].astype(float) @ q[0, 0, -1].astype(float) / 2)
    np.testing.assert_allclose(last, p / p.sum() @ v[0, 0], atol=1e-5)


@BOTH
@DTYPES
def test_a_query_that_sees_nothing_finds_zeros_and_sends_nothing(module, dtype):
    q, k, v, dout = (drawn(i, 1, 2, 3, 4, dtype=dtype) for i in range(4))
    mask = np.array([[True, False, True], [False] * 3, [True] * 3])
    out = module.scaled_dot_product_attention(q, k, v, mask)
    assert not out[:, :, 1].any()
    dq, dk, dv = module.attention_backward(q, k, v, dout, mask)
    assert not dq[:, :, 1].any()
    seen = module.attention_backward(q[:, :, [0, 2]], k, v, dout[:, :, [0, 2]], mask[[0, 2]])
    close(dk, seen[1], dtype)
    close(dv, seen[2], dtype)


@BOTH
def test_causal_mask_is_pytorchs_lower_right_triangle(module):
    for t, s in ((1, 1), (3, 3), (2, 5), (0, 4)):
        expected = torch.ones(t, s, dtype=torch.bool).tril(s - t)
        np.testing.assert_array_equal(module.causal_mask(t, s), expected)
        band = expected & ~torch.ones(t, s, dtype=torch.bool).tril(s - t - 2)
        np.testing.assert_array_equal(module.causal_mask(t, s, 2), band)


@BOTH
@DTYPES
def test_blocks_end_at_the_softmax_of_the_whole_row(module, dtype):
    scores, v = 8 * drawn(1, 5, 40, dtype=dtype), drawn(2, 40, 3, dtype=dtype)
    scores[1, 8:16] = scores[2, :8] = -np.inf
    state = np.full(5, -np.inf, dtype), np.zeros(5, dtype), np.zeros((5, 3), dtype)
    for first in range(0, 40, 8):
        part = slice(first, first + 8)
        state = module.online_softmax(*state, scores[:, part], v[part])
    expected = torch.softmax(torch.tensor(scores), dim=1) @ torch.tensor(v)
    close(state[2] / state[1][:, None], expected, dtype)
    expected = torch.logsumexp(torch.tensor(scores), dim=1)
    close(state[0] + np.log(state[1]), expected, dtype)


def mixed(x, context, wq, wk, wv, wo, heads, mask):
    """Attend in heads by PyTorch, groups repeated for neighbouring heads."""
    width = len(wq) // heads

    def cut(y):
        return y.reshape(*y.shape[:2], -1, width).transpose(1, 2)

    q, k, v = cut(x @ wq.T), cut(context @ wk.T), cut(context @ wv.T)
    share = heads // k.shape[1]
    k, v = k.repeat_interleave(share, 1), v.repeat_interleave(share, 1)
    found = nn.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return found.transpose(1, 2).flatten(2) @ wo.T


def projected(d, c, h, g, k, o, dtype):
    shapes = (h * k, d), (g * k, c), (g * k, c), (o, h * k)
    return [drawn(10 + i, *shape, dtype=dtype) / dtype(2) for i, shape in enumerate(shapes)]


@BOTH
@DTYPES
@pytest.mark.parametrize(
    "size",
    [(2, 3, 4, 5, 6, 2, 2, 3, 4), (1, 70, 70, 8, 8, 4, 2, 4, 8), (2, 5, 3, 4, 7, 6, 1, 2, 3)],
)
def test_heads_and_their_gradients_are_those_of_autograd(module, dtype, size):
    n, t, s, d, c, h, g, k, o = size
    x, context = drawn(1, n, t, d, dtype=dtype), drawn(2, n, s, c, dtype=dtype)
    maps, dout = projected(d, c, h, g, k, o, dtype), drawn(3, n, t, o, dtype=dtype)
    mask = np.tri(t, s, max(s - t, 0), dtype=bool)
    given = leaves(x, context, *maps)
    out = mixed(*given, h, torch.tensor(mask))
    close(module.multi_head_attention(x, context, *maps, h, mask), out, dtype, 10.0)
    expected = torch.autograd.grad(out, given, torch.tensor(dout))
    found = module.multi_head_backward(x, context, *maps, h, dout, mask)
    for one, other in zip(found, expected, strict=True):
        close(one, other, dtype, 20.0)


@BOTH
def test_self_attention_is_pytorchs_module(module):
    layer = torch.nn.MultiheadAttention(8, 4, bias=False, batch_first=True, dtype=torch.float64)
    x = torch.tensor(drawn(1, 2, 5, 8))
    hidden = ~torch.ones(5, 5, dtype=torch.bool).tril()
    expected, _ = layer(x, x, x, attn_mask=hidden, need_weights=False)
    wq, wk, wv = (part.detach().numpy() for part in layer.in_proj_weight.chunk(3))
    wo = layer.out_proj.weight.detach().numpy()
    found = module.multi_head_attention(
        x.numpy(), x.numpy(), wq, wk, wv, wo, 4, module.causal_mask(5, 5)
    )
    close(found, expected)


@BOTH
@DTYPES
def test_rotary_positions_are_a_product_of_complex_numbers(module, dtype):
    x, positions = drawn(1, 2, 3, 4, 6, dtype=dtype), np.array([0, 7, 3, 900])
    pairs = torch.view_as_complex(torch.tensor(x, dtype=torch.float64).reshape(2, 3, 4, 3, 2))
    rates = 50.0 ** (-torch.arange(0, 6, 2, dtype=torch.float64) / 6)
    turned = pairs * torch.exp(1j * torch.tensor(positions)[:, None] * rates)
    expected = torch.view_as_real(turned).reshape(2, 3, 4, 6)
    close(module.rotary_positions(x, positions, 50.0), expected, dtype, 10.0)


@BOTH
def test_scores_of_rotary_positions_depend_on_the_distance_alone(module):
    q, k = drawn(1, 1, 1, 1, 8), drawn(2, 1, 1, 1, 8)

    def score(a, b):
        turned = (
            module.rotary_positions(x, np.array([place])).ravel() for x, place in ((q, a), (k, b))
        )
        return float(np.dot(*turned))

    assert score(7, 0) == pytest.approx(score(107, 100), rel=1e-9)
    assert score(7, 0) != pytest.approx(score(0, 7), rel=1e-3)


@BOTH
@DTYPES
@pytest.mark.parametrize(("h", "g"), [(2, 2), (4, 2), (3, 1)])
def test_the_cache_gives_the_rows_of_the_full_pass(module, dtype, h, g):
    n, t, d, k, o = 2, 7, 5, 4, 3
    x, maps = drawn(1, n, t, d, dtype=dtype), projected(d, d, h, g, k, o, dtype)
    places = np.arange(t)

    def cut(y):
        return y.reshape(n, t, -1, k).transpose(0, 2, 1, 3)

    q = torch.tensor(chapter.rotary_positions(cut(x @ maps[0].T), places, 30.0))
    keys = torch.tensor(chapter.rotary_positions(cut(x @ maps[1].T), places, 30.0))
    values = torch.tensor(cut(x @ maps[2].T).copy())
    share = h // g
    repeated = keys.repeat_interleave(share, 1), values.repeat_interleave(share, 1)
    found = nn.scaled_dot_product_attention(q, *repeated, is_causal=True)
    expected = found.transpose(1, 2).flatten(2) @ torch.tensor(maps[3]).T
    kept = np.zeros((n, g, 0, k), dtype), np.zeros((n, g, 0, k), dtype)
    for place in range(t):
        y, *kept = module.kv_cache_step(x[:, place], *kept, *maps, h, 30.0)
        close(y, expected[:, place], dtype, 10.0)
    close(kept[0], keys, dtype, 10.0)
    close(kept[1], values, dtype, 10.0)


def parameters(d, h, g, k, f, dtype):
    wq, wk, wv, wo = projected(d, d, h, g, k, d, dtype)
    near = [1 + drawn(20 + i, d, dtype=dtype) / dtype(5) for i in range(4)]
    mlp = drawn(31, f, d, dtype=dtype), drawn(32, f, dtype=dtype), drawn(33, d, f, dtype=dtype)
    return near[0], near[1], wq, wk, wv, wo, near[2], near[3], *mlp, drawn(34, d, dtype=dtype)


@BOTH
@DTYPES
@pytest.mark.parametrize("size", [(2, 4, 6, 2, 2, 3, 8), (1, 70, 8, 4, 2, 3, 12)])
@pytest.mark.parametrize("causal", [False, True])
def test_a_whole_block_and_its_gradients_are_those_of_autograd(module, dtype, size, causal):
    n, t, d, h, g, k, f = size
    x, dy = drawn(1, n, t, d, dtype=dtype), drawn(2, n, t, d, dtype=dtype)
    weights, mask = parameters(d, h, g, k, f, dtype), np.tri(t, dtype=bool) if causal else None
    given = leaves(x, *weights)
    start, g1, s1, wq, wk, wv, wo, g2, s2, w1, b1, w2, b2 = given
    seen = nn.layer_norm(start, (d,), g1, s1)
    seen_by = None if mask is None else torch.tensor(mask)
    middle = start + mixed(seen, seen, wq, wk, wv, wo, h, seen_by)
    inner = nn.linear(nn.layer_norm(middle, (d,), g2, s2), w1, b1)
    y = middle + nn.linear(nn.gelu(inner, approximate="tanh"), w2, b2)
    close(module.transformer_block(x, weights, h, mask), y, dtype, 10.0)
    expected = torch.autograd.grad(y, given, torch.tensor(dy))
    dx, gradients = module.block_backward(x, weights, h, dy, mask)
    assert isinstance(gradients, tuple)
    for one, other in zip((dx, *gradients), expected, strict=True):
        close(one, other, dtype, 20.0)


@BOTH
@DTYPES
def test_the_loss_is_cross_entropy_of_the_shifted_text(module, dtype):
    logits, tokens = (
        3 * drawn(1, 3, 6, 5, dtype=dtype),
        np.random.default_rng(1).integers(0, 5, (3, 6)),
    )
    tokens[1, 2:] = tokens[2, 5:] = -1
    (given,) = leaves(logits)
    labels = torch.tensor(tokens[:, 1:]).reshape(-1)
    expected = nn.cross_entropy(given[:, :-1].reshape(-1, 5), labels, ignore_index=-1)
    loss, slope = module.next_token_loss(logits, tokens)
    assert isinstance(loss, float)
    assert loss == pytest.approx(expected.item(), rel=1e-5 if dtype == np.float32 else 1e-12)
    close(slope, torch.autograd.grad(expected, given)[0], dtype)


def plainly_merged(tokens, pair, new):
    """Replace by Python's own search in text: every token is a letter."""
    word = "".join(map(chr, tokens))
    return [ord(c) for c in word.replace(chr(pair[0]) + chr(pair[1]), chr(new))]


@BOTH
def test_byte_pairs_of_real_prose_are_those_of_searching_in_text(module):
    """`str.count` and `str.replace` leave overlaps out, from the left, as is asked."""
    from autograder.data import prose

    page = prose(1500).encode("ascii", "replace")
    train, text = np.frombuffer(page[:1200], np.uint8), np.frombuffer(page[1200:], np.uint8)
    merges, tokens = module.byte_pair_encode(train, 40, text)
    left, coded = list(map(int, train)), list(map(int, text))
    for m, pair in enumerate(merges.tolist()):
        word = "".join(map(chr, left))
        pairs = list(dict.fromkeys(pairwise(left)))
        counts = {p: word.count(chr(p[0]) + chr(p[1])) for p in pairs}
        most = max(counts.values())
        assert tuple(pair) == next(p for p in pairs if counts[p] == most)
        left, coded = plainly_merged(left, pair, 256 + m), plainly_merged(coded, pair, 256 + m)
    assert tokens.tolist() == coded
    assert len(merges) == 40


@BOTH
def test_costs_are_those_of_a_model_that_is_built(module):
    """GPT-2's sizes are as released; a small model is built of PyTorch's layers, and counted."""
    flop_counter = pytest.importorskip("torch.utils.flop_counter")
    assert module.transformer_costs(50257, 1024, 768, 12, 12, 12, 3072)[0] == 124_439_808
    assert module.transformer_costs(50257, 1024, 1600, 48, 25, 25, 6400)[0] == 1_557_611_200
    v, c, d, layers, h, g, f = 17, 9, 12, 3, 6, 2, 20
    shared = d * g // h
    sizes = [(d, d), (d, shared), (d, shared), (d, d), (d, f), (f, d)]
    block = [*(torch.nn.Linear(*size) for size in sizes), *(torch.nn.LayerNorm(d) for _ in "ab")]
    whole = [*block * layers, torch.nn.Embedding(v, d), torch.nn.Embedding(c, d)]
    counted = sum(p.numel() for part in [*whole, torch.nn.LayerNorm(d)] for p in part.parameters())
    parameters, cache, flops = module.transformer_costs(v, c, d, layers, h, g, f)
    assert parameters == counted
    kept = np.zeros((layers, 2, g, c, d // h), np.float16)
    assert cache == kept.nbytes
    with flop_counter.FlopCounterMode(display=False) as counter:
        for _ in range(layers):
            for part in block[:6]:
                part(torch.zeros(1, part.in_features))
            q = torch.zeros(h, 1, d // h)
            scores = torch.bmm(q, torch.zeros(h, d // h, c))
            torch.bmm(scores, torch.zeros(h, c, d // h))
        torch.zeros(1, d) @ torch.zeros(d, v)
    assert flops == counter.get_total_flops()


def test_which_attention_names_what_pytorch_gives():
    q, k = (torch.tensor(2 * drawn(i, 3, 5, 4)) for i in (1, 2))
    scores, seen = q @ k.transpose(1, 2) / math.sqrt(4), torch.ones(5, 5, dtype=torch.bool).tril()
    inside = scores.masked_fill(~seen, -torch.inf)
    made = {
        "right": torch.softmax(inside, 2),
        "no mask": torch.softmax(scores, 2),
        "mask turned round": torch.softmax(scores.masked_fill(~seen.T, -torch.inf), 2),
        "mask hides itself": torch.softmax(
            scores.masked_fill(~seen.tril(-1), -torch.inf), 2
        ).nan_to_num(0.0),
        "mask after softmax": torch.softmax(scores, 2) * seen,
        "softmax over queries": torch.softmax(inside, 1),
        "softmax over heads": torch.softmax(scores, 0) * seen,
    }
    for module in (ref, chapter):
        for name, weights in made.items():
            assert module.which_attention(weights.numpy()) == name
