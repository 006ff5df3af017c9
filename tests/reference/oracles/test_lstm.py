"""The LSTM's reference against PyTorch's modules and autograd, and the chapter's worked numbers.

PyTorch stacks its rows i, f, g, o and keeps two biases; `to_torch` reorders. Its GRU applies the
reset gate after the product and its z is the complement, so the GRU and the peephole cell are
written out with torch operations, and the GRU is differentiated by autograd.
"""

from __future__ import annotations

import numpy as np
import pytest

from reference import lstm as reference
from solutions.lstm import chapter

torch = pytest.importorskip("torch")

T, N, D, H = 6, 3, 4, 5
BOTH = pytest.mark.parametrize("module", [reference, chapter], ids=["reference", "chapter"])
DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype(dtype)


def leaf(array):
    return torch.tensor(array, requires_grad=True)


def close(actual, expected, dtype=np.float64):
    expected = np.asarray(expected.detach() if hasattr(expected, "detach") else expected)
    assert actual.dtype == dtype
    assert actual.shape == expected.shape
    tolerance = 1e-11 if dtype == np.float64 else 1e-4
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


def problem(blocks=4, dtype=np.float64, steps=None):
    x = draw(*((N, D) if steps is None else (steps, N, D)), seed=1, dtype=dtype)
    h, c = draw(N, H, seed=2, dtype=dtype), draw(N, H, seed=3, dtype=dtype)
    w, b = draw(blocks * H, H + D, seed=4, dtype=dtype), draw(blocks * H, seed=5, dtype=dtype)
    return x, h, c, w, b


def to_torch(w, b):
    """Return w and b as an nn.LSTM's weights: rows i, f, g, o; input and recurrent part apart."""
    order = np.concatenate([np.arange(k * H, (k + 1) * H) for k in (1, 0, 2, 3)])
    w, b = w[order], b[order]
    return w[:, H:], w[:, :H], b, np.zeros_like(b)


def torch_lstm(x, h, c, w, b):
    layer = torch.nn.LSTM(D, H, dtype=torch.tensor(w).dtype)
    with torch.no_grad():
        for parameter, value in zip(layer.parameters(), to_torch(w, b), strict=True):
            parameter.copy_(torch.tensor(value))
    out, (_, last) = layer(x, (h[None], c[None]))
    return layer, out, last[0]


@BOTH
@DTYPES
def test_gates_are_torch_s_of_the_permuted_stack(module, dtype):
    x, h, _, w, b = problem(dtype=dtype)
    joined = torch.tensor(np.concatenate([h, x], axis=1))
    a = torch.nn.functional.linear(joined, torch.tensor(w), torch.tensor(b)).split(H, dim=1)
    close(module.forget_gate(x, h, w, b), torch.sigmoid(a[0]), dtype)
    squashed = torch.sigmoid(a[0]), torch.sigmoid(a[1]), torch.tanh(a[2]), torch.sigmoid(a[3])
    for ours, theirs in zip(module.lstm_gates(x, h, w, b), squashed, strict=True):
        close(ours, theirs, dtype)


@BOTH
def test_gates_saturate_without_overflow(module):
    x, h, _, w, b = problem()
    full = module.forget_gate(1e3 * np.sign(x), h, np.abs(w), b)
    close(
        full,
        torch.sigmoid(
            torch.tensor(np.concatenate([h, 1e3 * np.sign(x)], axis=1) @ np.abs(w)[:H].T + b[:H])
        ),
    )


@BOTH
@DTYPES
def test_step_is_lstm_cell(module, dtype):
    x, h, c, w, b = problem(dtype=dtype)
    cell = torch.nn.LSTMCell(D, H, dtype=torch.tensor(w).dtype)
    with torch.no_grad():
        for parameter, value in zip(cell.parameters(), to_torch(w, b), strict=True):
            parameter.copy_(torch.tensor(value))
    for ours, theirs in zip(
        module.lstm_step(x, h, c, w, b),
        cell(torch.tensor(x), (torch.tensor(h), torch.tensor(c))),
        strict=True,
    ):
        close(ours, theirs, dtype)


@BOTH
@DTYPES
def test_forward_is_nn_lstm(module, dtype):
    x, h, c, w, b = problem(dtype=dtype, steps=T)
    hs, cs = module.lstm_forward(x, h, c, w, b)
    _, out, last = torch_lstm(torch.tensor(x), torch.tensor(h), torch.tensor(c), w, b)
    close(hs, out, dtype)
    close(cs[-1], last, dtype)


@BOTH
@DTYPES
def test_backward_is_autograd_of_nn_lstm(module, dtype):
    x, h, c, w, b = problem(dtype=dtype, steps=T)
    dhs = draw(T, N, H, seed=6, dtype=dtype)
    inputs = leaf(x), leaf(h), leaf(c)
    layer, out, _ = torch_lstm(*inputs, w, b)
    out.backward(torch.tensor(dhs))
    dx, dh0, dc0, dw, db = module.lstm_backward(x, h, c, w, b, dhs)
    for ours, theirs in zip((dx, dh0, dc0), inputs, strict=True):
        close(ours, theirs.grad, dtype)
    grads = [parameter.grad.numpy() for parameter in layer.parameters()]
    for ours, theirs in zip(to_torch(dw, db)[:3], grads[:3], strict=True):
        close(np.ascontiguousarray(ours), theirs, dtype)


@BOTH
@DTYPES
def test_step_backward_is_autograd_of_lstm_cell(module, dtype):
    x, h, c, w, b = problem(dtype=dtype)
    dh, dc = draw(N, H, seed=6, dtype=dtype), draw(N, H, seed=7, dtype=dtype)
    inputs = leaf(x[None]), leaf(h), leaf(c)
    layer, out, last = torch_lstm(*inputs, w, b)
    torch.autograd.backward([out[0], last], [torch.tensor(dh), torch.tensor(dc)])
    dx, dh_old, dc_old, dw, db = module.lstm_step_backward(x, h, c, w, b, dh, dc)
    for ours, theirs in zip((dx[None], dh_old, dc_old), inputs, strict=True):
        close(ours, theirs.grad, dtype)
    grads = [parameter.grad.numpy() for parameter in layer.parameters()]
    for ours, theirs in zip(to_torch(dw, db)[:3], grads[:3], strict=True):
        close(np.ascontiguousarray(ours), theirs, dtype)


def affine(x, h, w, b):
    return torch.nn.functional.linear(torch.cat([h, x], dim=1), w, b)


@BOTH
@DTYPES
def test_peephole_step(module, dtype):
    # No framework here has one: its equations in torch operations, plus the two limits below.
    x, h, c, w, b = problem(dtype=dtype)
    p = draw(3, H, seed=8, dtype=dtype)
    tx, th, tc, tw, tb, tp = map(torch.tensor, (x, h, c, w, b, p))
    af, ai, ag, ao = affine(tx, th, tw, tb).chunk(4, dim=1)
    new = torch.lerp(torch.zeros_like(tc), tc, torch.sigmoid(torch.addcmul(af, tp[0], tc)))
    new = torch.addcmul(new, torch.sigmoid(torch.addcmul(ai, tp[1], tc)), torch.tanh(ag))
    shown = torch.sigmoid(torch.addcmul(ao, tp[2], new)) * torch.tanh(new)
    h_new, c_new = module.lstm_peephole_step(x, h, c, w, b, p)
    close(h_new, shown, dtype)
    close(c_new, new, dtype)


@BOTH
def test_without_peepholes_it_is_the_lstm(module):
    x, h, c, w, b = problem()
    plain = module.lstm_step(x, h, c, w, b)
    for ours, theirs in zip(
        module.lstm_peephole_step(x, h, c, w, b, np.zeros((3, H))), plain, strict=True
    ):
        close(ours, theirs)


@BOTH
@DTYPES
def test_coupled_step_is_the_lstm_with_the_complementary_input_gate(module, dtype):
    # sigmoid(-a) = 1 - sigmoid(a): an LSTM whose input gate has the forget gate's negated weights.
    x, h, c, w, b = problem(blocks=3, dtype=dtype)
    four = [np.concatenate([a[:H], -a[:H], a[H : 2 * H], a[2 * H :]]) for a in (w, b)]
    _, out, last = torch_lstm(
        torch.tensor(x[None]), torch.tensor(h), torch.tensor(c), four[0], four[1]
    )
    h_new, c_new = module.lstm_coupled_step(x, h, c, w, b)
    close(h_new, out[0], dtype)
    close(c_new, last, dtype)


def torch_gru(x, h, w, b):
    z, r = torch.sigmoid(affine(x, h, w[: 2 * H], b[: 2 * H])).chunk(2, dim=1)
    return torch.lerp(h, torch.tanh(affine(x, r * h, w[2 * H :], b[2 * H :])), z)


@BOTH
@DTYPES
def test_gru_step_and_gradients_against_autograd(module, dtype):
    x, h, _, w, b = problem(blocks=3, dtype=dtype)
    dh = draw(N, H, seed=6, dtype=dtype)
    leaves = leaf(x), leaf(h), leaf(w), leaf(b)
    out = torch_gru(*leaves)
    out.backward(torch.tensor(dh))
    close(module.gru_step(x, h, w, b), out, dtype)
    for ours, theirs in zip(module.gru_backward(x, h, w, b, dh), leaves, strict=True):
        close(ours, theirs.grad, dtype)


@BOTH
def test_gru_is_nn_gru_where_the_two_agree(module):
    # With h = 0 the place of the reset gate does not matter; z is the complement of PyTorch's.
    x, _, _, w, b = problem(blocks=3)
    h = np.zeros((N, H))
    theirs = torch.nn.GRUCell(D, H, dtype=torch.float64)
    order = np.concatenate([np.arange(H, 2 * H), np.arange(H), np.arange(2 * H, 3 * H)])
    sign = np.repeat([1.0, -1.0, 1.0], H)
    with torch.no_grad():
        values = (
            (sign[:, None] * w[order])[:, H:],
            (sign[:, None] * w[order])[:, :H],
            sign * b[order],
            np.zeros(3 * H),
        )
        for parameter, value in zip(theirs.parameters(), values, strict=True):
            parameter.copy_(torch.tensor(value))
    close(module.gru_step(x, h, w, b), theirs(torch.tensor(x), torch.tensor(h)))


@BOTH
@pytest.mark.parametrize("name", ["lstm_backward", "gru_backward"])
def test_gradients_agree_with_finite_differences(module, name):
    lstm = name == "lstm_backward"
    x, h, c, w, b = problem(blocks=4 if lstm else 3, steps=T if lstm else None)
    arguments = [x, h, c, w, b] if lstm else [x, h, w, b]
    upstream = draw(*((T, N, H) if lstm else (N, H)), seed=9)

    def loss(*values):
        out = module.lstm_forward(*values)[0] if lstm else module.gru_step(*values)
        return np.sum(upstream * out)

    gradients = getattr(module, name)(*arguments, upstream)
    for k, gradient in enumerate(gradients):
        direction = draw(*gradient.shape, seed=10 + k)
        ends = []
        for sign in (1, -1):
            moved = list(arguments)
            moved[k] = moved[k] + sign * 1e-5 * direction
            ends.append(loss(*moved))
        slope = (ends[0] - ends[1]) / 2e-5
        assert slope == pytest.approx(np.sum(gradient * direction), rel=1e-6, abs=1e-7)


@BOTH
def test_forget_bias_moves_the_gate_and_nothing_else(module):
    # The table of the chapter; Jozefowicz et al. 2015 recommend 1, chrono initialisation ln(T - 1).
    x, h = np.zeros((1, D)), np.zeros((1, H))
    w = np.zeros((4 * H, H + D))
    for value, kept in ((0.0, 0.5), (1.0, 0.7310585786300049), (np.log(99.0), 0.99)):
        f, i, g, o = module.lstm_gates(x, h, w, module.forget_bias_init(H, value))
        close(f, np.full((1, H), kept))
        close(i, np.full((1, H), 0.5))
        close(g, np.zeros((1, H)))
        close(o, np.full((1, H), 0.5))
    np.testing.assert_array_equal(module.forget_bias_init(2), [1, 1, 0, 0, 0, 0, 0, 0])


@BOTH
def test_the_chapter_s_worked_example(module):
    x, h, c = (np.array([[value]]) for value in (1.0, 0.5, 2.0))
    w = np.array([[2.0, -1.0], [-2.0, 1.0], [0.0, 0.5], [2.0, 1.0]])
    b = np.array([1.0, 0.0, 0.0, 0.0])
    one = np.ones((1, 1))

    def four(*values):
        return [round(float(np.ravel(value)[0]), 4) for value in values]

    assert four(*module.lstm_gates(x, h, w, b)) == [0.7311, 0.5, 0.4621, 0.8808]
    assert four(*module.lstm_step(x, h, c, w, b)) == [0.8231, 1.6932]
    twice = np.ones((2, 1, 1))
    hs, cs = module.lstm_forward(twice, h, c, w, b)
    assert four(hs[1], cs[1]) == [0.8575, 1.5784]
    _, _, dc, _, db = module.lstm_step_backward(x, h, c, w, b, one, 0 * one)
    assert four(dc, db) == [0.0815, 0.0439]
    _, dh, dc, _, _ = module.lstm_step_backward(x, hs[0], cs[0], w, b, one, 0 * one)
    assert four(dh, dc) == [0.1502, 0.1226]
    upstream = np.array([0.0, 1.0]).reshape(2, 1, 1)
    _, dh, dc, _, db = module.lstm_backward(twice, h, c, w, b, upstream)
    assert four(dh, dc, db) == [0.1069, 0.1019, 0.0884]
    holed, mask = np.array([1.0, 7.0, 1.0]).reshape(3, 1, 1), np.array([[1], [0], [1]], bool)
    assert module.lstm_forward(holed, h, c, w, b, mask)[0].round(4).ravel().tolist() == [
        0.8231,
        0.8231,
        0.8575,
    ]
    late = np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1)
    assert four(*module.lstm_backward(holed, h, c, w, b, late, mask)[1:3]) == [0.1069, 0.1019]
    dx, _, db, h3, c3 = module.lstm_windows(np.ones((3, 1, 1)), h, c, w, b, late, 2)
    assert four(dx[2], db, h3, c3) == [0.0573, 0.0352, 0.8472, 1.4895]
    assert dx[:2].tolist() == [[[0.0]], [[0.0]]]
    whole = module.lstm_backward(np.ones((3, 1, 1)), h, c, w, b, late)
    assert four(whole[4]) == [0.1311]
    f, i = (np.array(a).reshape(2, 1, 1) for a in ([0.73106, 0.83839], [0.5, 0.34382]))
    start, steps = module.memory_weights(f, i)
    assert four(start, *steps) == [0.6129, 0.4192, 0.3438]
    order = [2, 0, 1, 3]
    assert module.which_layout(x, h, c, w[order], b[order], *module.lstm_step(x, h, c, w, b)) == (
        "hx gfio"
    )
    assert four(module.lstm_step(x, h, c, w[order], b[order])[1]) == [1.2449]
    clipped, length = module.clip_together([np.array([3.0, 4.0]), np.array([12.0])], 6.5)
    assert [part.tolist() for part in clipped] == [[1.5, 2.0], [6.0]]
    assert length == 13.0
    assert module.chrono_bias(np.array([2.0, 100.0])).round(4).tolist() == [
        *(0.0, 4.5951),
        *(0.0, -4.5951),
        *(0.0, 0.0, 0.0, 0.0),
    ]
    both = module.deep_lstm(np.array([1.0, 2.0]).reshape(2, 1, 1), [[(w, b), (w, b)]])
    assert both.round(4).tolist() == [[[0.238, 0.5464]], [[0.5864, 0.5157]]]
    assert four(module.lstm_step(0 * x, *(s[0] for s in (hs, cs)), w, b)[0]) == [0.7703]
    assert four(*module.lstm_peephole_step(x, h, c, w, b, np.ones((3, 1)))) == [0.9676, 2.3122]
    assert four(*module.lstm_coupled_step(x, h, c, w[[0, 2, 3]], b[[0, 2, 3]])) == [0.81, 1.5864]
    w, b = np.array([[2.0, -1.0], [-2.0, 1.0], [1.0, 0.5]]), np.array([1.0, -1.0, 0.0])
    assert four(module.gru_step(x, h, w, b)) == [0.5447]
    _, dh, _, db = module.gru_backward(x, h, w, b, one)
    assert four(dh, db[:1], db[1:2], db[2:]) == [0.3292, 0.012, 0.0492, 0.5009]


LENGTHS = [6, 2, 4]


def packed(x, lengths):
    return torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)


@BOTH
@DTYPES
def test_a_mask_at_the_end_is_a_packed_sequence(module, dtype):
    x, h, c, w, b = problem(dtype=dtype, steps=T)
    dhs = draw(T, N, H, seed=6, dtype=dtype)
    mask = np.arange(T)[:, None] < LENGTHS
    hs, cs = module.lstm_forward(x, h, c, w, b, mask)
    inputs = leaf(x), leaf(h), leaf(c)
    layer, _, _ = torch_lstm(*inputs, w, b)
    out, (last_h, last_c) = layer(packed(inputs[0], LENGTHS), (inputs[1][None], inputs[2][None]))
    padded, _ = torch.nn.utils.rnn.pad_packed_sequence(out)
    close(np.where(mask[..., None], hs, 0).astype(dtype), padded, dtype)
    close(hs[-1], last_h[0], dtype)
    close(cs[-1], last_c[0], dtype)
    # The loss reads every state; those at the padding are the last ones.
    at_padding = np.where(mask[..., None], 0, dhs).sum(axis=0)
    own = torch.tensor(np.where(mask[..., None], dhs, 0))
    ((own * padded).sum() + (torch.tensor(at_padding) * last_h[0]).sum()).backward()
    dx, dh0, dc0, dw, db = module.lstm_backward(x, h, c, w, b, dhs, mask)
    for ours, theirs in zip((dx, dh0, dc0), inputs, strict=True):
        close(ours, theirs.grad, dtype)
    grads = [parameter.grad.numpy() for parameter in layer.parameters()]
    for ours, theirs in zip(to_torch(dw, db)[:3], grads[:3], strict=True):
        close(np.ascontiguousarray(ours), theirs, dtype)


@BOTH
@pytest.mark.parametrize("masked", [False, True])
def test_a_stack_of_both_directions_is_nn_lstm(module, masked):
    x = draw(T, N, D, seed=1)
    lengths = LENGTHS if masked else [T] * N
    mask = np.arange(T)[:, None] < lengths
    net = torch.nn.LSTM(D, H, num_layers=2, bidirectional=True, dtype=torch.float64)
    layers = []
    for layer, inputs in enumerate((D, 2 * H)):
        readers = [
            (draw(4 * H, H + inputs, seed=7 + way), draw(4 * H, seed=9 + layer)) for way in (0, 1)
        ]
        layers.append(readers)
        for end, (w, b) in zip(("", "_reverse"), readers, strict=True):
            names = [f"{part}_l{layer}{end}" for part in ("weight_ih", "weight_hh")]
            names += [f"{part}_l{layer}{end}" for part in ("bias_ih", "bias_hh")]
            with torch.no_grad():
                for name, value in zip(names, to_torch(w, b), strict=True):
                    getattr(net, name).copy_(torch.tensor(value))
    out, _ = torch.nn.utils.rnn.pad_packed_sequence(net(packed(torch.tensor(x), lengths))[0])
    found = module.deep_lstm(x, layers, mask if masked else None)
    close(np.where(mask[..., None], found, 0), out)


@BOTH
@DTYPES
def test_windows_are_autograd_with_the_states_detached(module, dtype):
    x, h, c, w, b = problem(dtype=dtype, steps=T)
    dhs, k = draw(T, N, H, seed=6, dtype=dtype), 4
    tx, state = leaf(x), (torch.tensor(h[None]), torch.tensor(c[None]))
    layer, _, _ = torch_lstm(tx, torch.tensor(h), torch.tensor(c), w, b)
    for first in range(0, T, k):
        out, state = layer(tx[first : first + k], tuple(part.detach() for part in state))
        (out * torch.tensor(dhs[first : first + k])).sum().backward()
    dx, dw, db, h_last, c_last = module.lstm_windows(x, h, c, w, b, dhs, k)
    close(dx, tx.grad, dtype)
    close(h_last, state[0][0], dtype)
    close(c_last, state[1][0], dtype)
    grads = [parameter.grad.numpy() for parameter in layer.parameters()]
    for ours, theirs in zip(to_torch(dw, db)[:3], grads[:3], strict=True):
        close(np.ascontiguousarray(ours), theirs, dtype)


@BOTH
@DTYPES
@pytest.mark.parametrize("limit", [0.5, 100.0])
def test_clipping_is_clip_grad_norm(module, dtype, limit):
    gradients = [draw(3, 4, seed=1, dtype=dtype), draw(5, seed=2, dtype=dtype)]
    theirs = [
        torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.tensor(g).dtype)) for g in gradients
    ]
    for parameter, gradient in zip(theirs, gradients, strict=True):
        parameter.grad = torch.tensor(gradient)
    # PyTorch divides by the norm plus 1e-6.
    norm = float(torch.nn.utils.clip_grad_norm_(theirs, limit))
    clipped, length = module.clip_together(gradients, limit)
    assert length == pytest.approx(norm, rel=1e-6)
    for ours, parameter in zip(clipped, theirs, strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, parameter.grad, rtol=2e-6)


@BOTH
def test_memory_weights_are_the_gradients_by_the_candidates(module):
    f, i = (torch.rand(T, N, H, dtype=torch.float64) for _ in range(2))
    start = torch.zeros(N, H, dtype=torch.float64, requires_grad=True)
    g = torch.zeros(T, N, H, dtype=torch.float64, requires_grad=True)
    cell = start
    for t in range(T):
        cell = torch.addcmul(f[t] * cell, i[t], g[t])
    cell.sum().backward()
    for ours, theirs in zip(module.memory_weights(f.numpy(), i.numpy()), (start, g), strict=True):
        close(ours, theirs.grad)


@BOTH
def test_chrono_opens_the_gates_as_tallec_and_ollivier_say(module):
    horizons = np.array([1.5, 2.0, 30.0, 400.0])
    hidden = len(horizons)
    b = module.chrono_bias(horizons)
    x, h, w = np.zeros((1, D)), np.zeros((1, hidden)), np.zeros((4 * hidden, hidden + D))
    f, i, g, o = module.lstm_gates(x, h, w, b)
    close(f, 1 - 1 / horizons[None])
    close(i, 1 / horizons[None])
    close(g, np.zeros((1, hidden)))
    close(o, np.full((1, hidden), 0.5))


@BOTH
@pytest.mark.parametrize("front", ["hx", "xh"])
@pytest.mark.parametrize("order", ["ifgo", "figo", "ogif", "gofi"])
def test_the_layout_of_pytorch_s_cell_is_found(module, front, order):
    x, h, c, _, _ = problem()
    cell = torch.nn.LSTMCell(D, H, dtype=torch.float64)
    states = cell(torch.tensor(x), (torch.tensor(h), torch.tensor(c)))
    of_x, of_h, b_x, b_h = (part.detach().numpy().reshape(4, H, -1) for part in cell.parameters())
    rows = ["ifgo".index(letter) for letter in order]
    parts = [of_h, of_x] if front == "hx" else [of_x, of_h]
    w = np.concatenate(parts, axis=2)[rows].reshape(4 * H, H + D)
    b = (b_x + b_h)[rows].ravel()
    found = module.which_layout(x, h, c, w, b, *(part.detach().numpy() for part in states))
    assert found == f"{front} {order}"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_batches_run_in_parallel_and_agree(dtype):
    # Above the size where the parallel kernels take over.
    rng = np.random.default_rng(0)
    steps, batch, d, hidden = 8, 9, 16, 24
    shapes = (steps, batch, d), (batch, hidden), (batch, hidden)
    x, h, c = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    w = (0.3 * rng.normal(size=(4 * hidden, hidden + d))).astype(dtype)
    b = rng.normal(size=4 * hidden).astype(dtype)
    dhs = rng.normal(size=(steps, batch, hidden)).astype(dtype)
    tolerance = 1e-11 if dtype == np.float64 else 2e-4
    for mask in (None, rng.random((steps, batch)) < 0.6):
        run = x, h, c, w, b
        both = [
            (*m.lstm_forward(*run, mask), *m.lstm_backward(*run, dhs, mask))
            for m in (reference, chapter)
        ]
        for ours, theirs in zip(*both, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("samples", [3, 120], ids=["small", "large"])
@pytest.mark.parametrize(
    ("cell", "blocks"),
    [("lstm_step", 4), ("lstm_peephole_step", 4), ("lstm_coupled_step", 3), ("gru_step", 3)],
)
def test_what_is_no_number_stays_in_its_sample(cell, blocks, samples, bad):
    hidden, inputs = 40, 30
    x, h = draw(samples, inputs), draw(samples, hidden)
    w, b = 0.1 * draw(blocks * hidden, hidden + inputs), draw(blocks * hidden)
    rest = {"lstm_peephole_step": (w, b, draw(3, hidden))}.get(cell, (w, b))
    given = (h,) if cell == "gru_step" else (h, draw(samples, hidden, seed=1))
    clean = getattr(reference, cell)(x, *given, *rest)
    x[1, 2] = bad
    found, expected = (getattr(m, cell)(x, *given, *rest) for m in (reference, chapter))
    others = np.arange(samples) != 1
    pack = lambda value: value if isinstance(value, tuple) else (value,)
    for one, before, other in zip(*map(pack, (found, clean, expected)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-11)
        assert np.array_equal(one[others], before[others])
        assert not np.array_equal(one[1], before[1])
