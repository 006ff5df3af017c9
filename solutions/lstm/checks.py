"""How the exercises on the LSTM and its relatives are judged."""

import numpy as np

from autograder.spec import Case, Exercise, Question
from solutions.lstm import chapter

# --- cases ---------------------------------------------------------------------------------------


def problem(rng, n=2, d=3, hidden=4, blocks=4, steps=None):
    """Return x, h, c, w, b of a net whose gates are neither shut nor wide open."""
    lead = () if steps is None else (steps,)
    shapes = (
        (*lead, n, d),
        (n, hidden),
        (n, hidden),
        (blocks * hidden, hidden + d),
        (blocks * hidden,),
    )
    scales = (1.0, 0.7, 1.5, 0.6, 0.8)
    return [scale * rng.normal(size=shape) for scale, shape in zip(scales, shapes, strict=True)]


def by_hand(blocks=(0, 1, 2, 3)):
    """Return the chapter's example: x, h, c, w, b."""
    rows = np.array([[2.0, -1.0], [-2.0, 1.0], [0.0, 0.5], [2.0, 1.0]])
    biases = np.array([1.0, 0.0, 0.0, 0.0])
    x, h, c = (np.array([[value]]) for value in (1.0, 0.5, 2.0))
    return x, h, c, rows[list(blocks)], biases[list(blocks)]


def without_cell(arguments):
    """Return x, h, w, b."""
    x, h, _, w, b = arguments
    return x, h, w, b


# --- what the wrong variants are made of ---------------------------------------------------------


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def _sums(x, h, w, b, blocks, input_first=False):
    joined = np.concatenate([x, h] if input_first else [h, x], axis=1)
    return np.split(joined @ w.T + b, blocks, axis=1)


def _step(c, f, i, g, o):
    """Return the new states of an LSTM, given the sums of its gates."""
    new = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(new), new


# --- the gates -----------------------------------------------------------------------------------


def gate(name, points):
    """Return the exercise of one gate with the checks all gates share."""
    exercise = Exercise(name, points=points)

    @exercise.check(weight=2)
    def values(rng):
        """Gives every sample and every cell its own value."""
        yield without_cell(problem(rng, n=2, d=3, hidden=4))
        yield without_cell(problem(rng, n=3, d=5, hidden=2))

    @exercise.check()
    def worked_example(rng):
        """Agrees with the example worked by hand in the chapter, and is steady at zero input."""
        yield without_cell(by_hand())
        x, h, w, b = without_cell(problem(rng, n=1, d=2, hidden=3))
        yield np.zeros_like(x), np.zeros_like(h), w, b

    @exercise.check(hidden=True)
    def one_sample_one_cell(rng):
        """Works for a batch of one, a single cell and a single input."""
        yield without_cell(problem(rng, n=1, d=4, hidden=3))
        yield without_cell(problem(rng, n=4, d=3, hidden=1))
        yield without_cell(problem(rng, n=2, d=1, hidden=5))

    @exercise.check(hidden=True)
    def far_out(rng):
        """Stays finite, wide open or shut, for sums in the thousands."""
        _, h, w, b = without_cell(problem(rng, n=6, d=3, hidden=4))
        x = np.tile(np.diag([2000.0, -2000.0, 2000.0]), (2, 1))
        yield x, h, w + 0.3 * np.sign(w), b

    exercise.in_other_dress(values)

    return exercise


forget = gate("forget_gate", points=2)

inputs = gate("input_gate", points=1)

candidates = gate("candidate", points=1)

outputs = gate("output_gate", points=1)

# --- cell_update ---------------------------------------------------------------------------------

cell = Exercise("cell_update", points=1)


def contents(rng, n, hidden):
    """Return c, f, i, g: an old cell, two gates and a candidate."""
    return (
        2 * rng.normal(size=(n, hidden)),
        rng.uniform(0.1, 0.9, (n, hidden)),
        rng.uniform(0.1, 0.9, (n, hidden)),
        rng.uniform(-0.9, 0.9, (n, hidden)),
    )


@cell.check(weight=2)
def mixes_old_and_new(rng):
    """Keeps a part of the old content and adds a part of the new."""
    yield contents(rng, 3, 4)
    yield np.array([[2.0]]), np.array([[0.75]]), np.array([[0.5]]), np.array([[-0.25]])


@cell.check(exact=True)
def gates_at_their_ends(rng):
    """Keeps all and writes nothing, or the reverse, where the gates stand at 0 or 1."""
    ends = np.array([[1.0, 0.0, 1.0, 0.0]])
    c, g = np.array([[3.0, -2.0, 1.5, 0.5]]), np.array([[0.25, -0.5, 0.75, 1.0]])
    yield c, ends, 1 - ends, g
    yield c, ends, np.array([[1.0, 0.0, 0.0, 1.0]]), g


@cell.check(hidden=True)
def counts(rng):
    """Lets a cell grow far beyond 1, sample by sample."""
    c, f, i, g = contents(rng, 5, 2)
    yield 40 * c, f, i, g


cell.in_other_dress(mixes_old_and_new)


# --- lstm_step -----------------------------------------------------------------------------------

step = Exercise(
    "lstm_step",
    points=3,
    needs=("forget_gate", "input_gate", "candidate", "output_gate", "cell_update"),
)


@step.check(weight=2)
def one_step(rng):
    """Advances hidden state and cell by one step."""
    yield tuple(problem(rng, n=2, d=3, hidden=4))
    yield tuple(problem(rng, n=4, d=2, hidden=3))


@step.check()
def worked_example(rng):
    """Agrees with the example worked by hand in the chapter."""
    yield by_hand()


@step.check(observe="scan")
def several_steps(rng):
    """Carries both states through six steps."""
    x, h, c, w, b = problem(rng, n=3, d=2, hidden=4, steps=6)
    yield (h, c), x, w, b


@step.check(hidden=True)
def full_cells(rng):
    """Shows a full cell squashed, but hands it on unsquashed."""
    x, h, c, w, b = problem(rng, n=3, d=4, hidden=2)
    yield x, h, 8 * c, w, b


@step.check(hidden=True)
def one_sample_one_cell(rng):
    """Works for a batch of one and for a single cell, from empty states as well."""
    x, h, c, w, b = problem(rng, n=1, d=3, hidden=5)
    yield x, h, c, w, b
    yield x, 0 * h, 0 * c, w, b
    yield tuple(problem(rng, n=3, d=1, hidden=1))


step.in_other_dress(one_step)


def _step_in_pytorch_s_order(x, h, c, w, b):
    i, f, g, o = _sums(x, h, w, b, 4)
    return _step(c, f, i, g, o)


def _step_in_cs231n_s_order(x, h, c, w, b):
    i, f, o, g = _sums(x, h, w, b, 4)
    return _step(c, f, i, g, o)


def _step_with_the_input_first(x, h, c, w, b):
    return _step(c, *_sums(x, h, w, b, 4, input_first=True))


def _step_in_onnx_s_order(x, h, c, w, b):
    i, o, f, g = _sums(x, h, w, b, 4)
    return _step(c, f, i, g, o)


def _step_with_steep_gates(x, h, c, w, b):
    f, i, g, o = _sums(x, h, w, b, 4)
    return _step(c, 2 * f, 2 * i, g, 2 * o)


def _step_of_interleaved_rows(x, h, c, w, b):
    sums = np.concatenate([h, x], axis=1) @ w.T + b
    return _step(c, *(sums[:, k::4] for k in range(4)))


def _step_with_sigmoids_only(x, h, c, w, b):
    f, i, g, o = map(_sigmoid, _sums(x, h, w, b, 4))
    new = f * c + i * g
    return o * np.tanh(new), new


def _output_gate_reads_new(x, h, c, w, b):
    f, i = chapter.forget_gate(x, h, w, b), chapter.input_gate(x, h, w, b)
    c_new = f * c + i * chapter.candidate(x, h, w, b)
    shown = np.tanh(c_new)
    return chapter.output_gate(x, shown, w, b) * shown, c_new


def _pytorch_cell_first(x, h, c, w, b):
    i, f, g, o = _sums(x, h, w, b, 4)
    h_new, c_new = _step(c, f, i, g, o)
    return c_new, h_new


# --- lstm_forward --------------------------------------------------------------------------------

run = Exercise("lstm_forward", points=3, needs=("lstm_step",))


@run.check(weight=2)
def every_state(rng):
    """Returns hidden and cell states of every step."""
    yield tuple(problem(rng, n=2, d=3, hidden=4, steps=5))
    yield tuple(problem(rng, n=3, d=4, hidden=2, steps=6))


@run.check()
def time_is_the_first_axis(rng):
    """Runs along the first axis, even where the batch is as large as the sequence is long."""
    yield tuple(problem(rng, n=4, d=3, hidden=2, steps=4))


@run.check()
def worked_example(rng):
    """Agrees with the two steps worked by hand in the chapter."""
    x, h, c, w, b = by_hand()
    yield np.stack([x, x]), h, c, w, b


@run.check(hidden=True)
def starts_where_it_is_told(rng):
    """Starts from h0 and c0, empty or not."""
    x, h, c, w, b = problem(rng, n=3, d=2, hidden=3, steps=4)
    yield x, 0 * h, 0 * c, w, b
    yield x, h, 3 * c, w, b
    yield x, h, 0 * c, w, b


@run.check(hidden=True)
def long_and_short(rng):
    """Works for a single step and remembers over forty."""
    yield tuple(problem(rng, n=3, d=2, hidden=4, steps=1))
    x, h, c, w, b = problem(rng, n=1, d=2, hidden=3, steps=40)
    b[:3] = 4.0
    yield x, h, c, w, b


run.in_other_dress(every_state)


def _run_batch_first(x, h0, c0, w, b):
    h, c, hs, cs = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c = _step(c, *_sums(x[:, t], h, w, b, 4))
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


# --- lstm_step_backward --------------------------------------------------------------------------

back = Exercise(
    "lstm_step_backward",
    points=5,
    needs=("forget_gate", "input_gate", "candidate", "output_gate", "cell_update"),
)


def upstream(rng, given):
    """Return the gradients by the new hidden state and cell."""
    return tuple(rng.normal(size=given[1].shape) for _ in range(2))


@back.check(weight=2)
def all_five_gradients(rng):
    """Sends both gradients back to x, h, c, w and b."""
    given = problem(rng, n=2, d=3, hidden=3)
    yield (*given, *upstream(rng, given))


@back.check()
def through_the_hidden_state_alone(rng):
    """Is right where the loss sees the hidden state only."""
    given = problem(rng, n=3, d=2, hidden=3)
    dh, dc = upstream(rng, given)
    yield (*given, dh, 0 * dc)


@back.check()
def through_the_cell_alone(rng):
    """Is right where the gradient comes from the next cell only."""
    given = problem(rng, n=3, d=2, hidden=3)
    dh, dc = upstream(rng, given)
    yield (*given, 0 * dh, dc)


@back.check(hidden=True)
def one_sample_many_samples(rng):
    """Sums parameter gradients over the batch, of one sample or of seven."""
    for n in (1, 7):
        given = problem(rng, n=n, d=4, hidden=2)
        yield (*given, *upstream(rng, given))


@back.check(hidden=True)
def worked_example(rng):
    """Agrees with the example worked by hand in the chapter, and with full cells."""
    yield (*by_hand(), np.ones((1, 1)), np.zeros((1, 1)))
    x, h, c, w, b = problem(rng, n=2, d=1, hidden=5)
    yield x, h, 3 * c, w, b, *upstream(rng, (x, h))


back.in_other_dress(all_five_gradients)


# --- lstm_backward -------------------------------------------------------------------------------

bptt = Exercise("lstm_backward", points=5, needs=("lstm_forward", "lstm_step_backward"))


def with_loss(rng, **sizes):
    """Return a run and the loss's gradient by each hidden state."""
    x, h, c, w, b = problem(rng, **sizes)
    dhs = rng.normal(size=(len(x), *h.shape))
    return x, h, c, w, b, dhs


@bptt.check(weight=2)
def through_time(rng):
    """Sends the gradients of all hidden states back to x, h0, c0, w and b."""
    yield with_loss(rng, n=2, d=3, hidden=3, steps=3)


@bptt.check()
def loss_on_the_last_state(rng):
    """Reaches the first input from a loss on the last state."""
    x, h, c, w, b, dhs = with_loss(rng, n=2, d=2, hidden=3, steps=5)
    dhs[:-1] = 0
    yield x, h, c, w, b, dhs


@bptt.check()
def loss_on_the_first_state(rng):
    """Gives later inputs no gradient where the loss sees the first state only."""
    x, h, c, w, b, dhs = with_loss(rng, n=3, d=2, hidden=2, steps=3)
    dhs[1:] = 0
    yield x, h, c, w, b, dhs


@bptt.check(hidden=True)
def one_step_many_steps(rng):
    """Works for one step, and sums parameter gradients over time and batch."""
    yield with_loss(rng, n=3, d=2, hidden=4, steps=1)
    yield with_loss(rng, n=1, d=3, hidden=2, steps=12)
    yield with_loss(rng, n=6, d=1, hidden=3, steps=2)


@bptt.check(hidden=True)
def worked_example(rng):
    """Agrees with the two steps worked by hand in the chapter, and with open forget gates."""
    x, h, c, w, b = by_hand()
    yield np.stack([x, x]), h, c, w, b, np.array([0.0, 1.0]).reshape(2, 1, 1)
    x, h, c, w, b, dhs = with_loss(rng, n=2, d=2, hidden=3, steps=9)
    b[:3] = 4.0
    yield x, h, c, w, b, dhs


bptt.in_other_dress(through_time)


def _weights_met_the_new_state(x, h0, c0, w, b, dhs):
    hs, cs = chapter.lstm_forward(x, h0, c0, w, b)
    before = np.concatenate([h0[None], hs[:-1]]), np.concatenate([c0[None], cs[:-1]])
    dx, dw, db = np.empty_like(x), np.zeros_like(w), np.zeros_like(b)
    dh, dc = np.zeros_like(h0), np.zeros_like(c0)
    for t in reversed(range(len(x))):
        given = x[t], before[0][t], before[1][t]
        above = dhs[t] + dh, dc
        dx[t], dh, dc, _, db_t = chapter.lstm_step_backward(*given, w, b, *above)
        db += db_t
        for n in range(x.shape[1]):
            one = [part[n : n + 1] for part in (*given, *above)]
            da = chapter.lstm_step_backward(*one[:3], w, b, *one[3:])[4]
            dw += np.outer(da, np.concatenate([hs[t, n], x[t, n]]))
    return dx, dh, dc, dw, db


# --- forget_bias_init ----------------------------------------------------------------------------

bias = Exercise("forget_bias_init", points=1)


@bias.check(weight=2, exact=True)
def the_forget_block(rng):
    """Sets the bias of the forget gates to the value given, and no other."""
    yield Case(3, value=2.5)
    yield 4, 0.75


@bias.check(exact=True)
def one_by_default(rng):
    """Starts the forget gates at 1 if nothing else is said."""
    yield 2
    yield 5


@bias.check(hidden=True, exact=True)
def any_value(rng):
    """Takes any value, a negative one or zero too, and a single cell."""
    yield 1, 4.5
    yield 3, -1.5
    yield 2, 0.0
    yield Case(6, value=round(float(rng.uniform(1, 5)), 3))


@bias.check(exact=True, dtype=True)
def whole_numbers(rng):
    """Returns floats, for a whole number as well."""
    yield 3, 2
    yield Case(hidden=4, value=5)


# --- lstm_peephole_step --------------------------------------------------------------------------

peephole = Exercise("lstm_peephole_step", points=3)


def peeping(rng, **sizes):
    """Return a step and its peephole weights."""
    x, h, c, w, b = problem(rng, **sizes)
    return x, h, c, w, b, rng.normal(size=(3, h.shape[1]))


@peephole.check(weight=2)
def one_step(rng):
    """Lets each gate look at its own cell."""
    yield peeping(rng, n=2, d=3, hidden=4)
    yield peeping(rng, n=4, d=2, hidden=3)


@peephole.check()
def without_peepholes(rng):
    """Is the plain LSTM where all peephole weights are zero."""
    x, h, c, w, b, p = peeping(rng, n=3, d=2, hidden=2)
    yield x, h, c, w, b, 0 * p


@peephole.check()
def worked_example(rng):
    """Agrees with the example worked by hand in the chapter."""
    yield (*by_hand(), np.ones((3, 1)))


@peephole.check(hidden=True)
def one_peephole_at_a_time(rng):
    """Gives each of the three peepholes to its own gate."""
    x, h, c, w, b, p = peeping(rng, n=2, d=2, hidden=5)
    for k in range(3):
        yield x, h, c, w, b, p * np.eye(3)[:, [k]]


@peephole.check(hidden=True)
def full_cells(rng):
    """Works for a batch of one, a single cell and cells far beyond 1."""
    x, h, c, w, b, p = peeping(rng, n=1, d=3, hidden=4)
    yield x, h, 6 * c, w, b, p
    yield peeping(rng, n=3, d=2, hidden=1)


peephole.in_other_dress(one_step)


def _all_see_the_new_cell(x, h, c, w, b, p):
    joined = np.concatenate([h, x], axis=1)
    af, ai, ag, ao = np.split(joined @ w.T + b, 4, axis=1)
    f, i = chapter.sigmoid(af), chapter.sigmoid(ai)
    cell = f * c + i * np.tanh(ag)
    f, i = chapter.sigmoid(af + p[0] * cell), chapter.sigmoid(ai + p[1] * cell)
    cell = f * c + i * np.tanh(ag)
    o = chapter.sigmoid(ao + p[2] * cell)
    return o * np.tanh(cell), cell


# --- lstm_coupled_step ---------------------------------------------------------------------------

coupled = Exercise("lstm_coupled_step", points=2)


@coupled.check(weight=2)
def one_step(rng):
    """Writes as much as it forgets."""
    yield tuple(problem(rng, n=2, d=3, hidden=4, blocks=3))
    yield tuple(problem(rng, n=4, d=2, hidden=3, blocks=3))


@coupled.check()
def worked_example(rng):
    """Agrees with the example worked by hand in the chapter."""
    yield by_hand((0, 2, 3))


@coupled.check(observe="scan")
def several_steps(rng):
    """Carries both states through five steps."""
    x, h, c, w, b = problem(rng, n=2, d=2, hidden=3, blocks=3, steps=5)
    yield (h, c), x, w, b


@coupled.check(hidden=True)
def full_cells(rng):
    """Works for a batch of one, a single cell and cells far beyond 1."""
    x, h, c, w, b = problem(rng, n=1, d=3, hidden=4, blocks=3)
    yield x, h, 6 * c, w, b
    yield tuple(problem(rng, n=3, d=2, hidden=1, blocks=3))


@coupled.check(hidden=True)
def gates_at_their_ends(rng):
    """Keeps its cell where the gate is open, and takes the candidate where it is shut."""
    x, h, c, w, b = problem(rng, n=2, d=2, hidden=4, blocks=3)
    b[:4] = [60.0, -60.0, 60.0, -60.0]
    yield x, h, c, w, b


coupled.in_other_dress(one_step)


# --- gru_step ------------------------------------------------------------------------------------

gru = Exercise("gru_step", points=3)


def gru_by_hand():
    """Return the chapter's example: x, h, w, b."""
    rows = np.array([[2.0, -1.0], [-2.0, 1.0], [1.0, 0.5]])
    return np.array([[1.0]]), np.array([[0.5]]), rows, np.array([1.0, -1.0, 0.0])


@gru.check(weight=2)
def one_step(rng):
    """Mixes the old state with a candidate that may ignore the past."""
    yield without_cell(problem(rng, n=2, d=3, hidden=4, blocks=3))
    yield without_cell(problem(rng, n=4, d=2, hidden=3, blocks=3))


@gru.check()
def worked_example(rng):
    """Agrees with the example worked by hand in the chapter."""
    yield gru_by_hand()


@gru.check(observe="scan")
def several_steps(rng):
    """Carries its state through six steps."""
    x, h, w, b = without_cell(problem(rng, n=2, d=2, hidden=3, blocks=3, steps=6))
    yield h, x, w, b


@gru.check(hidden=True)
def gates_at_their_ends(rng):
    """Keeps or replaces its state, and heeds or ignores the past, where the gates say so."""
    x, h, w, b = without_cell(problem(rng, n=3, d=2, hidden=4, blocks=3))
    b[:8] = [60.0, -60.0, 60.0, 0.5, 60.0, 60.0, -60.0, -60.0]
    yield x, h, w, b


@gru.check(hidden=True)
def one_sample_one_cell(rng):
    """Works for a batch of one and for a single cell, from an empty state as well."""
    x, h, w, b = without_cell(problem(rng, n=1, d=3, hidden=5, blocks=3))
    yield x, h, w, b
    yield x, 0 * h, w, b
    yield without_cell(problem(rng, n=3, d=1, hidden=1, blocks=3))


gru.in_other_dress(one_step)


def _reset_after_the_product(x, h, w, b):
    hidden = h.shape[1]
    z, r, _ = map(_sigmoid, _sums(x, h, w, b, 3))
    rows, shift = w[2 * hidden :], b[2 * hidden :]
    g = np.tanh(x @ rows[:, hidden:].T + shift + r * (h @ rows[:, :hidden].T))
    return (1 - z) * h + z * g


def _pytorch_s_gru(x, h, w, b):
    hidden = h.shape[1]
    r, z, _ = map(_sigmoid, _sums(x, h, w, b, 3))
    rows, shift = w[2 * hidden :], b[2 * hidden :]
    g = np.tanh(x @ rows[:, hidden:].T + shift + r * (h @ rows[:, :hidden].T))
    return z * h + (1 - z) * g


def _keras_s_gru(x, h, w, b):
    hidden = h.shape[1]
    z, r, _ = map(_sigmoid, _sums(x, h, w, b, 3))
    rows, shift = w[2 * hidden :], b[2 * hidden :]
    g = np.tanh(x @ rows[:, hidden:].T + shift + r * (h @ rows[:, :hidden].T))
    return z * h + (1 - z) * g


# --- gru_backward --------------------------------------------------------------------------------

gru_back = Exercise("gru_backward", points=5)


def gru_loss(rng, **sizes):
    """Return a GRU step and the gradient by its new state."""
    x, h, w, b = without_cell(problem(rng, blocks=3, **sizes))
    return x, h, w, b, rng.normal(size=h.shape)


@gru_back.check(weight=2)
def all_four_gradients(rng):
    """Sends the gradient back to x, h, w and b."""
    yield gru_loss(rng, n=2, d=3, hidden=3)
    yield gru_loss(rng, n=4, d=2, hidden=3)


@gru_back.check()
def worked_example(rng):
    """Agrees with the example worked by hand in the chapter."""
    yield (*gru_by_hand(), np.ones((1, 1)))


@gru_back.check()
def from_an_empty_state(rng):
    """Is right at the first step, where h is zero."""
    x, h, w, b, dh = gru_loss(rng, n=3, d=2, hidden=3)
    yield x, 0 * h, w, b, dh


@gru_back.check(hidden=True)
def one_sample_many_samples(rng):
    """Sums parameter gradients over the batch, of one sample or of seven."""
    yield gru_loss(rng, n=1, d=4, hidden=2)
    yield gru_loss(rng, n=7, d=1, hidden=3)


@gru_back.check(hidden=True)
def gates_at_their_ends(rng):
    """Passes the gradient by, or through, where the gates are open or shut."""
    x, h, w, b, dh = gru_loss(rng, n=2, d=2, hidden=4)
    b[:8] = [60.0, -60.0, 0.5, 60.0, 60.0, 60.0, -60.0, -60.0]
    yield x, h, w, b, dh


gru_back.in_other_dress(all_four_gradients)


# --- questions, graded by a person ----------------------------------------------------------------

can_it_still_explode = Question(
    "can_it_still_explode",
    points=3,
    guide="""
    Full answer, a point for each part. Other ways: C_{t-1} gives h_{t-1} = o tanh(C_{t-1}), and
    h_{t-1} goes through all four gates into C_t: with the matrix W and the derivatives of the
    gates, as in a plain net.
    Vanishing: the direct path keeps the gradient only while f is near 1; with f = 0.5 it is gone
    in ten steps as before. The cell *can* keep it, and learns when to; it does not have to.
    Exploding: f is at most 1, so the direct path cannot grow, but the products of W through the
    gates can; hence gradients of LSTMs are still clipped. (The figure: at b_f = ln 99 the way
    round through h, half-open input gates and the candidate adds more than the missing 1 % at
    every step; with shut input gates it is gone. The capstone: f alone cannot make a difference
    grow, so there too it comes back into the cells by way of h and the gates.) Half: only the
    direct path, or "it solves vanishing and exploding".
    """,
)

why_not_twenty = Question(
    "why_not_twenty",
    points=2,
    guide="""
    Full answer: f = 1 to nine digits, so the cell only adds up; old and new lie on top of each
    other, |C| grows, tanh(C) saturates and shows little and passes little gradient (1 point). The
    derivative f (1 - f) of the gate is 2e-9: it can hardly learn to close, the choice is as good
    as frozen; and
    prose needs many time scales, words of the last clause, most of them to be forgotten soon, so
    moderate and different biases are better; ln(T - 1) fits *one* known lag, where a trace of 1/e
    is left (1 point). Half: only "the cell overflows" or only "the gate saturates".
    """,
)

who_can_count = Question(
    "who_can_count",
    points=3,
    guide="""
    Full answer, a point for each part. LSTM: f = 1 and i = 1 at every bracket, candidate +c or -c
    by the kind of bracket: C is exactly the depth times c; up and down cancel. Coupled and GRU:
    the new state is a weighted average of the old and a value in (-1, 1); to write anything they
    must forget in proportion, (1 - z) h + z (+-1): the state cannot leave [-1, 1], opening then
    closing does not lead back to the old value, and early brackets fade. Over a few steps they
    can approximate, not over fifty. Reading: h shows o tanh(C): depths 5 and 6 are almost the
    same there (with c = 1), only "zero or not" is easy; with a small c deep counts stay readable
    and single steps become small (peepholes see C itself). Half: "the LSTM has a separate memory"
    without the gate values.
    """,
)
