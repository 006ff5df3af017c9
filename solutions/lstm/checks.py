"""How the exercises on the LSTM and its relatives are judged."""

from itertools import permutations

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


def padding(steps, *lengths):
    """Return the mask of sequences of these lengths, which stand at the beginning."""
    return np.arange(steps)[:, np.newaxis] < np.array(lengths)


def scattered(rng, steps, n):
    """Return a mask with holes: padding in front, in between and behind, one row all padding."""
    mask = rng.permuted(np.arange(steps * n).reshape(steps, n) % 3 > 0, axis=0)
    mask[0, 0], mask[1, 0], mask[-1, -1] = False, True, False
    mask[:, n // 2] = False
    return mask


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

forget = Exercise("forget_gate", points=2)
blocks = Exercise("lstm_gates", points=3)


def judged_as_gates(exercise):
    """Declare the checks that one gate and all four share."""

    @exercise.check(weight=2)
    def values(rng):
        """Gives every sample and every cell its own value."""
        yield without_cell(problem(rng, n=2, d=3, hidden=2))
        yield without_cell(problem(rng, n=3, d=1, hidden=3))

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

    @exercise.check()
    def far_out(rng):
        """Stays finite, wide open or shut, for sums in the thousands."""
        _, h, w, b = without_cell(problem(rng, n=6, d=3, hidden=4))
        w[:2, 4], w[4, 4] = np.abs(w[:2, 4]), -np.abs(w[4, 4])  # two open, one input shut
        x = np.tile(np.diag([2000.0, -2000.0, 2000.0]), (2, 1))
        yield x, h, w + 0.3 * np.sign(w), b

    exercise.in_other_dress(values)


judged_as_gates(forget)
judged_as_gates(blocks)


def _steep(z):
    """Return the sigmoid by a quotient of exponentials, which overflow."""
    with np.errstate(all="ignore"):
        return np.exp(z) / (1 + np.exp(z))


def _forget_by_two_exponentials(x, h, w, b):
    return _steep(_sums(x, h, w, b, 4)[0])


def _gates_by_two_exponentials(x, h, w, b):
    f, i, g, o = _sums(x, h, w, b, 4)
    return _steep(f), _steep(i), np.tanh(g), _steep(o)


def _gates_of(order, front="hx", interleaved=False):
    """Return all four blocks, read in another order of rows."""

    def gates(x, h, w, b):
        sums = _sums(x, h, w, b, 4, input_first=front == "xh")
        if interleaved:
            joined = np.concatenate([h, x], axis=1) @ w.T + b
            sums = [joined[:, k::4] for k in range(4)]
        a = dict(zip(order, sums, strict=True))
        return _sigmoid(a["f"]), _sigmoid(a["i"]), np.tanh(a["g"]), _sigmoid(a["o"])

    return gates


_gates_in_pytorch_s_order = _gates_of("ifgo")
_gates_in_cs231n_s_order = _gates_of("ifog")
_gates_in_onnx_s_order = _gates_of("iofg")
_gates_with_the_candidate_last = _gates_of("fiog")
_gates_with_the_output_before_the_candidate = _gates_of("ofig")
_gates_of_interleaved_rows = _gates_of("figo", interleaved=True)


# --- lstm_step -----------------------------------------------------------------------------------

step = Exercise("lstm_step", points=3, needs=("lstm_gates",))


@step.check(weight=2)
def one_step(rng):
    """Advances hidden state and cell by one step."""
    yield tuple(problem(rng, n=2, d=3, hidden=2))
    yield tuple(problem(rng, n=3, d=1, hidden=2))


@step.check()
def worked_example(rng):
    """Agrees with the example worked by hand in the chapter."""
    yield by_hand()


@step.check(observe="scan")
def several_steps(rng):
    """Carries both states through four steps."""
    x, h, c, w, b = problem(rng, n=2, d=2, hidden=2, steps=4)
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


def _step_with_a_bias_of_its_own(x, h, c, w, b):
    f, i, g, o = _sums(x, h, w, b, 4)
    return _step(c, f + 1, i, g, o)


def _step_of_interleaved_rows(x, h, c, w, b):
    sums = np.concatenate([h, x], axis=1) @ w.T + b
    return _step(c, *(sums[:, k::4] for k in range(4)))


def _step_with_sigmoids_only(x, h, c, w, b):
    f, i, g, o = map(_sigmoid, _sums(x, h, w, b, 4))
    new = f * c + i * g
    return o * np.tanh(new), new


def _output_gate_reads_new(x, h, c, w, b):
    f, i, g, _ = chapter.lstm_gates(x, h, w, b)
    c_new = f * c + i * g
    shown = np.tanh(c_new)
    return chapter.lstm_gates(x, shown, w, b)[3] * shown, c_new


def _pytorch_cell_first(x, h, c, w, b):
    i, f, g, o = _sums(x, h, w, b, 4)
    h_new, c_new = _step(c, f, i, g, o)
    return c_new, h_new


# --- which_layout --------------------------------------------------------------------------------

layout = Exercise("which_layout", points=4)

ORDERS = ["".join(order) for order in permutations("fgio")]
LAYOUTS = [f"{front} {order}" for front in ("hx", "xh") for order in ORDERS]


def as_laid_out(name, x, h, c, w, b):
    """Return the states after a step with weights of this layout."""
    front, order = name.split()
    a = dict(zip(order, _sums(x, h, w, b, 4, input_first=front == "xh"), strict=True))
    return _step(c, a["f"], a["i"], a["g"], a["o"])


def apart(states, others):
    """Tell whether states differ upwards, downwards and on average."""
    gaps = [a - b for a, b in zip(states, others, strict=True)]
    above, below = max(gap.max() for gap in gaps), -min(gap.min() for gap in gaps)
    return min(above, below, 5 * max(abs(gap.mean()) for gap in gaps)) > 0.02


def recorded(rng, name, gap=0.0, **sizes):
    """Return a recorded step of this layout that no other explains; `gap` off in one place."""
    while True:
        given = problem(rng, **sizes)
        states = {key: as_laid_out(key, *given) for key in LAYOUTS}
        h_new, c_new = states.pop(name)
        if all(apart(other, (h_new, c_new)) for other in states.values()):
            break
    h_new, c_new = h_new.copy(), c_new.copy()
    c_new[-1, -1] += gap
    h_new[0, 0] -= gap
    return *given, h_new, c_new


@layout.check()
def worked_example(rng):
    """Names the layout of the colleague's weights of the worked example."""
    x, h, c, w, b = by_hand((2, 0, 1, 3))
    yield x, h, c, w, b, np.array([[0.8231]]), np.array([[1.6932]])


@layout.check(weight=2, exact=True)
def famous_ones(rng):
    """Knows this chapter's layout, PyTorch's, TensorFlow's, ONNX's and CS231n's."""
    for name in ("hx figo", "hx ifgo", "xh igfo", "xh iofg", "hx ifog", "xh ifog"):
        yield recorded(rng, name, n=2, d=3, hidden=2)


@layout.check(weight=2, exact=True)
def orders_that_turn(rng):
    """Says which block stands where, not where each block stands."""
    for name in ("hx ofig", "hx goif", "xh fgoi", "xh giof"):
        yield recorded(rng, name, n=3, d=2, hidden=3)


@layout.check(weight=2, exact=True)
def no_cell_of_this_kind(rng):
    """Allows for a gap of 0.001 in either state, and answers "unknown" where nothing fits."""
    yield recorded(rng, "hx gfoi", gap=9e-4, n=2, d=2, hidden=3)
    yield recorded(rng, "xh gofi", gap=-9e-4, n=2, d=2, hidden=3)
    for gap in (3e-3, -3e-3):
        yield recorded(rng, "xh oifg", gap=gap, n=2, d=2, hidden=3)
    yield recorded(rng, "hx oigf", gap=0.011, n=4, d=2, hidden=3)  # a small gap on average
    yield recorded(rng, "hx oigf", gap=0.03, n=2, d=2, hidden=3)  # a small one when squared
    *given, h_new, c_new = recorded(rng, "hx ogfi", n=3, d=2, hidden=3)
    yield *given, h_new, c_new + 0.25  # the cell alone is wrong, or the hidden state alone
    yield *given, 0.5 - h_new, c_new
    yield *given, -h_new, -c_new
    wrong = c_new.copy()
    wrong[1, 1], wrong[2, 0] = wrong[1, 1] + 0.4, wrong[2, 0] - 0.4
    yield *given, h_new, wrong
    wrong = c_new.copy()
    wrong[1, 1] += 0.4
    yield *given, h_new, wrong
    wrong = h_new.copy()
    wrong[2, 0] -= 0.4
    yield *given, wrong, c_new


def ambiguous(rng, name):
    """Return a recorded step that several layouts explain; any other one differs clearly.

    Either the input is the hidden state, or two blocks have the same rows.
    """
    while True:
        x, h, c, w, b = problem(rng, n=2, d=3, hidden=3)
        if name == "xh ofgi":
            x = h
        else:
            w, b = w.copy(), b.copy()
            w[3:6], b[3:6] = w[9:], b[9:]
        found = [as_laid_out(key, x, h, c, w, b) for key in LAYOUTS]
        states = as_laid_out(name, x, h, c, w, b)
        same = [np.abs(np.subtract(other, states)).max() < 1e-9 for other in found]
        if all(like or apart(other, states) for like, other in zip(same, found, strict=True)):
            return x, h, c, w, b, *states


@layout.check(exact=True)
def first_that_fits(rng):
    """Takes the first in the order of the alphabet where several fit."""
    for name in ("xh ofgi", "xh figo", "hx gofi", "xh fiog"):
        yield ambiguous(rng, name)
    x, h, c, w, b, _, _ = ambiguous(rng, "hx gofi")
    w[3:6] += 1e-5  # the later one is nearer now
    yield x, h, c, w, b, *as_laid_out("hx gofi", x, h, c, w, b)


@layout.check(weight=2, hidden=True, exact=True)
def any_layout(rng):
    """Names any layout, in any sizes."""
    for name in ("hx oigf", "hx iogf", "xh fiog", "xh ofgi", "hx gifo"):
        yield recorded(rng, name, n=2, d=4, hidden=2)
    yield recorded(rng, "xh gfoi", n=4, d=1, hidden=3)
    yield recorded(rng, "hx fogi", gap=8e-4, n=1, d=3, hidden=5)


layout.in_other_dress(orders_that_turn, keeps=False)


def _fitting(x, h, c, w, b, h_new, c_new, names=LAYOUTS, told=(True, True), tolerance=1e-3):
    """Return the names that fit what of the two states is looked at."""
    found = []
    for name in names:
        states = as_laid_out(name, x, h, c, w, b)
        gaps = [np.abs(a - e).max() for a, e in zip(states, (h_new, c_new), strict=True)]
        if all(gap <= tolerance for gap, look in zip(gaps, told, strict=True) if look):
            found.append(name)
    return found


def _first(names, otherwise="unknown"):
    return names[0] if names else otherwise


def where_each_stands(*given):
    name = _first(_fitting(*given))
    if name == "unknown":
        return name
    front, order = name.split()
    return f"{front} {''.join('figo'[order.index(letter)] for letter in 'figo')}"


def where_each_stands_by_name(*given):
    names = _fitting(*given)
    turned = [f"{n[:2]} {''.join('figo'[n[3:].index(letter)] for letter in 'figo')}" for n in names]
    return min(turned, default="unknown")


def _first_by(near):
    """Return who takes the first layout whose states are near by another measure."""

    def name_it(x, h, c, w, b, h_new, c_new):
        for name in LAYOUTS:
            states = as_laid_out(name, x, h, c, w, b)
            if all(near(a, e) for a, e in zip(states, (h_new, c_new), strict=True)):
                return name
        return "unknown"

    return name_it


relative_tolerance = _first_by(lambda a, e: np.allclose(a, e, rtol=1e-3))
relative_tolerance_alone = _first_by(lambda a, e: np.allclose(a, e, rtol=1e-3, atol=0))
mean_of_the_sizes = _first_by(lambda a, e: np.abs(a - e).mean() <= 1e-3)
squared_gap = _first_by(lambda a, e: np.max((a - e) ** 2) <= 1e-3)


def columns_cut_at_h(x, h, c, w, b, h_new, c_new):
    hidden = h.shape[1]
    turned = np.concatenate([w[:, hidden:], w[:, :hidden]], axis=1)
    found = _fitting(x, h, c, w, b, h_new, c_new, names=LAYOUTS[:24])
    turned = _fitting(x, h, c, turned, b, h_new, c_new, names=LAYOUTS[:24])
    return _first(found + [f"xh{name[2:]}" for name in turned])


def biases_left(x, h, c, w, b, h_new, c_new):
    f, i, g, o = np.split(b, 4)
    own = dict(f=f, i=i, g=g, o=o)
    for name in LAYOUTS:
        placed = np.concatenate([own[letter] for letter in name[3:]])
        if _fitting(x, h, c, w, placed, h_new, c_new, names=[name]):
            return name
    return "unknown"


def hidden_state_only(*given):
    return _first(_fitting(*given, told=(True, False)))


def cell_only(*given):
    return _first(_fitting(*given, told=(False, True)))


def h_always_first(*given):
    return _first(_fitting(*given, names=LAYOUTS[:24]))


def x_always_first(*given):
    return _first(_fitting(*given, names=LAYOUTS[24:]))


def famous_orders_only(*given):
    famous = ("figo", "ifgo", "ifog", "igfo", "iofg")
    return _first(_fitting(*given, names=[n for n in LAYOUTS if n.split()[1] in famous]))


def last_that_fits(*given):
    return (_fitting(*given) or ["unknown"])[-1]


def as_in_figo_s_order(*given):
    names = [f"{front} {''.join(p)}" for front in ("hx", "xh") for p in permutations("figo")]
    return _first(_fitting(*given, names=names))


def x_before_h_first(*given):
    return _first(_fitting(*given, names=LAYOUTS[24:] + LAYOUTS[:24]))


def nearest_is_named(x, h, c, w, b, h_new, c_new):
    def gap(name):
        states = as_laid_out(name, x, h, c, w, b)
        return sum(np.abs(a - e).max() for a, e in zip(states, (h_new, c_new), strict=True))

    return min(LAYOUTS, key=gap)


def nearest_of_those_that_fit(x, h, c, w, b, h_new, c_new):
    def gap(name):
        states = as_laid_out(name, x, h, c, w, b)
        return max(np.abs(a - e).max() for a, e in zip(states, (h_new, c_new), strict=True))

    found = _fitting(x, h, c, w, b, h_new, c_new)
    return min(found, key=lambda name: round(gap(name), 9)) if found else "unknown"


def no_tolerance(*given):
    return _first(_fitting(*given, tolerance=1e-8))


def tolerance_in_percent(*given):
    return _first(_fitting(*given, tolerance=1e-2))


def mean_gap(x, h, c, w, b, h_new, c_new):
    for name in LAYOUTS:
        states = as_laid_out(name, x, h, c, w, b)
        gaps = [np.abs(np.mean(a - e)) for a, e in zip(states, (h_new, c_new), strict=True)]
        if max(gaps) <= 1e-3:
            return name
    return "unknown"


def one_sided(x, h, c, w, b, h_new, c_new):
    for name in LAYOUTS:
        states = as_laid_out(name, x, h, c, w, b)
        gaps = [np.max(a - e) for a, e in zip(states, (h_new, c_new), strict=True)]
        if max(gaps) <= 1e-3:
            return name
    return "unknown"


def first_sample_only(x, h, c, w, b, h_new, c_new):
    return _first(_fitting(x[:1], h[:1], c[:1], w, b, h_new[:1], c_new[:1]))


def either_state_will_do(*given):
    for name in LAYOUTS:
        if _fitting(*given, [name], (True, False)) or _fitting(*given, [name], (False, True)):
            return name
    return "unknown"


def front_not_told(*given):
    return _first(_fitting(*given)).split()[-1]


def order_told_first(*given):
    return " ".join(_first(_fitting(*given)).split()[::-1])


def candidate_called_c(*given):
    name = _first(_fitting(*given))
    return name if name == "unknown" else name.replace("g", "c")


def ours_if_nothing_fits(*given):
    return _first(_fitting(*given), "hx figo")


def none_if_nothing_fits(*given):
    return _first(_fitting(*given), "")


def fronts_exchanged(*given):
    name = _first(_fitting(*given))
    return name if name == "unknown" else f"{name[1::-1]}{name[2:]}"


# --- lstm_forward --------------------------------------------------------------------------------

run = Exercise("lstm_forward", points=4, needs=("lstm_step",))


@run.check(weight=2)
def every_state(rng):
    """Returns hidden and cell states of every step."""
    yield tuple(problem(rng, n=2, d=3, hidden=2, steps=4))
    yield tuple(problem(rng, n=3, d=1, hidden=2, steps=5))


@run.check()
def time_is_the_first_axis(rng):
    """Runs along the first axis, even where the batch is as large as the sequence is long."""
    yield tuple(problem(rng, n=3, d=2, hidden=2, steps=3))


@run.check()
def worked_example(rng):
    """Agrees with the two steps worked by hand in the chapter."""
    x, h, c, w, b = by_hand()
    yield np.stack([x, x]), h, c, w, b


@run.check()
def worked_example_with_padding(rng):
    """Agrees with the masked step between the two of the worked example."""
    x, h, c, w, b = by_hand()
    yield np.stack([x, 7 * x, x]), h, c, w, b, np.array([[True], [False], [True]])


@run.check(weight=2)
def padding_leaves_no_trace(rng):
    """Keeps both states where a step is masked out: behind, in front, in between, all along."""
    yield *problem(rng, n=3, d=1, hidden=2, steps=4), padding(4, 4, 1, 3)
    yield Case(*problem(rng, n=3, d=1, hidden=2, steps=5), mask=scattered(rng, 5, 3))
    yield *problem(rng, n=2, d=2, hidden=1, steps=4), padding(4, 4, 0)


@run.check(hidden=True)
def any_padding(rng):
    """Takes any mask, also where there are as many steps as sequences, and one without padding."""
    yield *problem(rng, n=5, d=2, hidden=3, steps=5), scattered(rng, 5, 5)
    yield *problem(rng, n=1, d=3, hidden=4, steps=6), padding(6, 4)
    yield *problem(rng, n=2, d=1, hidden=3, steps=3), padding(3, 3, 3)


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


def _masked_run(update, shown=lambda real, state: state):
    """Return a run in which a masked step is treated in another way."""

    def run_it(x, h0, c0, w, b, mask=None):
        h, c, hs, cs = h0, c0, [], []
        for t in range(len(x)):
            real = np.ones((x.shape[1], 1), bool) if mask is None else mask[t][:, np.newaxis]
            h, c = update(real, x[t], h, c, w, b)
            hs.append(shown(real, h))
            cs.append(shown(real, c))
        return np.stack(hs), np.stack(cs)

    return run_it


def _both(real, new, old):
    return tuple(np.where(real, a, o) for a, o in zip(new, old, strict=True))


def _right(real, x, h, c, w, b):
    return _both(real, chapter.lstm_step(x, h, c, w, b), (h, c))


def _fed_zeros(real, x, h, c, w, b):
    return chapter.lstm_step(np.where(real, x, 0), h, c, w, b)


def _erased(real, x, h, c, w, b):
    return _both(real, chapter.lstm_step(x, h, c, w, b), (0 * h, 0 * c))


def _cell_goes_on(real, x, h, c, w, b):
    h_new, c_new = chapter.lstm_step(x, h, c, w, b)
    return np.where(real, h_new, h), c_new


def _hidden_goes_on(real, x, h, c, w, b):
    h_new, c_new = chapter.lstm_step(x, h, c, w, b)
    return h_new, np.where(real, c_new, c)


def _true_is_padding_run(x, h0, c0, w, b, mask=None):
    return chapter.lstm_forward(x, h0, c0, w, b, None if mask is None else ~mask)


def _hidden_erased(real, x, h, c, w, b):
    h_new, c_new = chapter.lstm_step(x, h, c, w, b)
    return np.where(real, h_new, 0), np.where(real, c_new, c)


padding_fed_as_zeros = _masked_run(_fed_zeros)
states_times_the_mask = _masked_run(_erased)
cell_goes_on_in_padding = _masked_run(_cell_goes_on)
hidden_goes_on_in_padding = _masked_run(_hidden_goes_on)
hidden_state_erased_by_padding = _masked_run(_hidden_erased)
zeros_shown_at_padding = _masked_run(_right, lambda real, state: np.where(real, state, 0))


def kept_for_show_only(x, h0, c0, w, b, mask=None):
    hs, cs = chapter.lstm_forward(x, h0, c0, w, b)
    shown = []
    for states, start in ((hs, h0), (cs, c0)):
        last, rows = start, []
        for t, now in enumerate(states):
            last = now if mask is None else np.where(mask[t][:, np.newaxis], now, last)
            rows.append(last)
        shown.append(np.stack(rows))
    return tuple(shown)


def mask_read_as_lengths(x, h0, c0, w, b, mask=None):
    if mask is not None:
        mask = np.arange(len(x))[:, np.newaxis] < mask.sum(axis=0)
    return chapter.lstm_forward(x, h0, c0, w, b, mask)


def stops_at_the_first_padding(x, h0, c0, w, b, mask=None):
    if mask is not None:
        mask = np.minimum.accumulate(mask, axis=0)
    return chapter.lstm_forward(x, h0, c0, w, b, mask)


def padding_starts_anew(x, h0, c0, w, b, mask=None):
    def anew(real, now, h, c, w, b):
        return _both(real, chapter.lstm_step(now, h, c, w, b), (h0, c0))

    return _masked_run(anew)(x, h0, c0, w, b, mask)


# --- memory_weights ------------------------------------------------------------------------------

memory = Exercise("memory_weights", points=3)


def openings(rng, *shape):
    """Return forget and input gates."""
    return rng.uniform(0.1, 0.95, shape), rng.uniform(0.1, 0.95, shape)


@memory.check()
def worked_example(rng):
    """Agrees with the two steps worked by hand in the chapter."""
    column = np.array([[0.7311], [0.8384]])[..., np.newaxis]
    yield column, np.array([[0.5], [0.3438]])[..., np.newaxis]


@memory.check(weight=2)
def every_step(rng):
    """Weighs the start and every step by all that was kept since."""
    yield openings(rng, 4, 2, 2)
    yield openings(rng, 3, 3, 2)


@memory.check()
def shut_gates(rng):
    """Is right where a gate was shut, or open: nothing older is left, or all of it."""
    f, i = openings(rng, 5, 2, 2)
    f[2, 0, 0] = f[4, 1, 0] = f[0, 1, 1] = 0.0
    f[1, 0, 1], i[3, 0, 1] = 1.0, 0.0
    yield f, i
    yield np.zeros((3, 1, 2)), np.ones((3, 1, 2))


@memory.check(hidden=True)
def any_number_of_steps(rng):
    """Works for one step and for forty, with gates that were shut."""
    yield openings(rng, 1, 2, 3)
    f, i = openings(rng, 40, 1, 2)
    f = 0.8 + 0.2 * f
    f[7, 0, 0] = 0.0
    yield f, i


memory.in_other_dress(every_step)


def own_forget_gate_counted(f, i):
    start, steps = chapter.memory_weights(f, i)
    return start, steps * f


def from_the_front(f, i):
    kept = np.concatenate([np.ones_like(f[:1]), np.cumprod(f, axis=0)])
    return kept[-1], kept[:-1] * i


def next_forget_gate_only(f, i):
    later = np.concatenate([f[1:], np.ones_like(f[:1])])
    return chapter.memory_weights(f, i)[0], later * i


def made_to_sum_to_one(f, i):
    start, steps = chapter.memory_weights(f, i)
    total = start + steps.sum(axis=0)
    return start / total, steps / total


def divided_by_what_was_kept(f, i):
    with np.errstate(all="ignore"):
        kept = np.cumprod(f, axis=0)
        return kept[-1], kept[-1] / kept * i


def along_the_batch(f, i):
    start, steps = chapter.memory_weights(np.swapaxes(f, 0, 1), np.swapaxes(i, 0, 1))
    return start, np.swapaxes(steps, 0, 1)


def average_opening(f, i):
    ages = np.arange(len(f))[::-1, np.newaxis, np.newaxis]
    mean = f.mean(axis=0)
    return mean ** len(f), mean**ages * i


# --- lstm_step_backward --------------------------------------------------------------------------

back = Exercise("lstm_step_backward", points=5, needs=("lstm_gates",))


def upstream(rng, given):
    """Return the gradients by the new hidden state and cell."""
    return tuple(rng.normal(size=given[1].shape) for _ in range(2))


@back.check(weight=2)
def all_five_gradients(rng):
    """Sends both gradients back to x, h, c, w and b."""
    given = problem(rng, n=2, d=3, hidden=2)
    yield (*given, *upstream(rng, given))


@back.check()
def through_the_hidden_state_alone(rng):
    """Is right where the loss sees the hidden state only."""
    given = problem(rng, n=3, d=1, hidden=2)
    dh, dc = upstream(rng, given)
    yield (*given, dh, 0 * dc)


@back.check()
def through_the_cell_alone(rng):
    """Is right where the gradient comes from the next cell only."""
    given = problem(rng, n=2, d=1, hidden=2)
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
    yield with_loss(rng, n=2, d=1, hidden=2, steps=3)


@bptt.check()
def loss_on_the_last_state(rng):
    """Reaches the first input from a loss on the last state."""
    x, h, c, w, b, dhs = with_loss(rng, n=2, d=1, hidden=2, steps=4)
    dhs[:-1] = 0
    yield x, h, c, w, b, dhs


@bptt.check()
def loss_on_the_first_state(rng):
    """Gives later inputs no gradient where the loss sees the first state only."""
    x, h, c, w, b, dhs = with_loss(rng, n=2, d=1, hidden=2, steps=3)
    dhs[1:] = 0
    yield x, h, c, w, b, dhs


@bptt.check(weight=2)
def past_the_padding(rng):
    """Hands both gradients past masked steps, with what the loss says there; these get nothing."""
    x, h, c, w, b, dhs = with_loss(rng, n=3, d=1, hidden=2, steps=4)
    yield x, h, c, w, b, dhs, padding(4, 4, 2, 0)
    x, h, c, w, b, dhs = with_loss(rng, n=3, d=2, hidden=1, steps=4)
    yield Case(x, h, c, w, b, dhs, mask=scattered(rng, 4, 3))


@bptt.check()
def worked_example_with_padding(rng):
    """Agrees with the worked example, a masked step between its two."""
    x, h, c, w, b = by_hand()
    mask = np.array([[True], [False], [True]])
    yield np.stack([x, 7 * x, x]), h, c, w, b, np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1), mask


@bptt.check(hidden=True)
def any_padding(rng):
    """Takes any mask, also where there are as many steps as sequences."""
    x, h, c, w, b, dhs = with_loss(rng, n=4, d=2, hidden=2, steps=4)
    yield x, h, c, w, b, dhs, scattered(rng, 4, 4)
    x, h, c, w, b, dhs = with_loss(rng, n=2, d=1, hidden=3, steps=6)
    dhs[:-1] = 0
    yield x, h, c, w, b, dhs, padding(6, 3, 6)


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


def _back_with(at_padding):
    """Return a backward pass in which a masked step is treated in another way."""

    def back_through(x, h0, c0, w, b, dhs, mask=None):
        hs, cs = chapter.lstm_forward(x, h0, c0, w, b, mask)
        before = np.concatenate([h0[None], hs[:-1]]), np.concatenate([c0[None], cs[:-1]])
        dx, dw, db = np.empty_like(x), np.zeros_like(w), np.zeros_like(b)
        dh, dc = np.zeros_like(h0), np.zeros_like(c0)
        for t in reversed(range(len(x))):
            real = np.ones((len(h0), 1), bool) if mask is None else mask[t][:, np.newaxis]
            given = x[t], before[0][t], before[1][t], w, b
            dx[t], dh, dc, dw_t, db_t = at_padding(given, dhs[t] + dh, dc, real)
            dw, db = dw + dw_t, db + db_t
        return dx, dh, dc, dw, db

    return back_through


def _learns_too(given, dh, dc, real):
    dx, dh_old, dc_old, dw, db = chapter.lstm_step_backward(*given, dh, dc)
    return np.where(real, dx, 0), np.where(real, dh_old, dh), np.where(real, dc_old, dc), dw, db


def _input_learns_too(given, dh, dc, real):
    dx, dh_old, dc_old, _, _ = chapter.lstm_step_backward(*given, dh, dc)
    dw, db = chapter.lstm_step_backward(*given, np.where(real, dh, 0), np.where(real, dc, 0))[3:]
    return dx, np.where(real, dh_old, dh), np.where(real, dc_old, dc), dw, db


def _mask_ignored(given, dh, dc, real):
    return chapter.lstm_step_backward(*given, dh, dc)


padding_learns_too = _back_with(_learns_too)
padding_gets_a_gradient_by_x = _back_with(_input_learns_too)
mask_ignored_on_the_way_back = _back_with(_mask_ignored)


def _weights_met_the_new_state(x, h0, c0, w, b, dhs, mask=None):
    if mask is not None:
        return chapter.lstm_backward(x, h0, c0, w, b, dhs, mask)
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


# --- lstm_windows --------------------------------------------------------------------------------

windows = Exercise("lstm_windows", points=3, needs=("lstm_forward", "lstm_backward"))


@windows.check()
def worked_example(rng):
    """Agrees with the three steps in two windows worked by hand in the chapter."""
    x, h, c, w, b = by_hand()
    yield np.stack([x, x, x]), h, c, w, b, np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1), 2


@windows.check(weight=2)
def window_by_window(rng):
    """Carries both states over a border, and no gradient."""
    yield *with_loss(rng, n=2, d=1, hidden=2, steps=6), 2


@windows.check()
def a_short_rest(rng):
    """Reads a shorter last window, and a sequence that is shorter than a window."""
    yield *with_loss(rng, n=1, d=1, hidden=2, steps=5), 3
    yield *with_loss(rng, n=2, d=1, hidden=1, steps=3), 7


@windows.check()
def with_padding(rng):
    """Gives each window its part of the mask."""
    yield *with_loss(rng, n=3, d=1, hidden=2, steps=4), 2, padding(4, 4, 3, 1)
    yield Case(*with_loss(rng, n=3, d=1, hidden=1, steps=4), 3, mask=scattered(rng, 4, 3))


@windows.check(weight=2, hidden=True)
def any_windows(rng):
    """Is right for windows of one step, one window, and windows of any length."""
    yield *with_loss(rng, n=2, d=2, hidden=3, steps=3), 1
    yield *with_loss(rng, n=1, d=2, hidden=2, steps=4), 4
    yield *with_loss(rng, n=2, d=3, hidden=2, steps=9), 4
    yield *with_loss(rng, n=4, d=1, hidden=2, steps=4), 2, scattered(rng, 4, 4)


windows.in_other_dress(window_by_window)


def _in_windows(x, h0, c0, w, b, dhs, k, mask=None, start=None, after=None, losses=None):
    """Read window by window; `start` and `after` say what a window starts from and leaves."""
    h, c, dxs, total = h0, c0, [], []
    for first in range(0, len(x), k):
        part = slice(first, first + k)
        real = None if mask is None else mask[part]
        own = dhs[part] if losses is None else losses(dhs, part, len(x[part]))
        begin = (h, c) if start is None else start(h, c)
        dx, _, _, dw, db = chapter.lstm_backward(x[part], *begin, w, b, own, real)
        hs, cs = chapter.lstm_forward(x[part], *begin, w, b, real)
        h, c = (hs[-1], cs[-1]) if after is None else after(hs, cs, h, c)
        dxs.append(dx)
        total.append((dw, db))
    return dxs, total, h, c


def _summed(dxs, total, h, c):
    return np.concatenate(dxs), sum(t[0] for t in total), sum(t[1] for t in total), h, c


def states_not_carried(*given, **named):
    return _summed(*_in_windows(*given, **named, start=lambda h, c: (0 * h, 0 * c)))


def later_windows_start_empty(x, h0, c0, *rest, **named):
    first = [True]

    def start(h, c):
        begin = (h0, c0) if first else (0 * h0, 0 * c0)
        first.clear()
        return begin

    return _summed(*_in_windows(x, h0, c0, *rest, **named, start=start))


def each_loss_k_steps_back(x, h0, c0, w, b, dhs, k, mask=None):
    hs, cs = chapter.lstm_forward(x, h0, c0, w, b, mask)
    before_h, before_c = np.concatenate([h0[None], hs]), np.concatenate([c0[None], cs])
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for t in range(len(x)):
        part = slice(max(0, t - k + 1), t + 1)
        own = np.zeros_like(dhs[part])
        own[-1] = dhs[t]
        real = None if mask is None else mask[part]
        begin = before_h[part.start], before_c[part.start]
        part_dx, _, _, part_dw, part_db = chapter.lstm_backward(x[part], *begin, w, b, own, real)
        dx[part] += part_dx
        dw, db = dw + part_dw, db + part_db
    return dx, dw, db, hs[-1], cs[-1]


def windows_of_one_more(x, h0, c0, w, b, dhs, k, mask=None):
    return _summed(*_in_windows(x, h0, c0, w, b, dhs, k + 1, mask))


def windows_of_one_less(x, h0, c0, w, b, dhs, k, mask=None):
    return _summed(*_in_windows(x, h0, c0, w, b, dhs, max(k - 1, 1), mask))


def losses_moved_to_the_end(*given, **named):
    def losses(dhs, part, length):
        own = np.zeros_like(dhs[part])
        own[-1] = dhs[part].sum(axis=0)
        return own

    return _summed(*_in_windows(*given, **named, losses=losses))


def windows_averaged_over_the_batch(*given, **named):
    dx, dw, db, h, c = _summed(*_in_windows(*given, **named))
    return dx, dw / dx.shape[1], db / dx.shape[1], h, c


def hidden_gradient_crosses(x, h0, c0, w, b, dhs, k, mask=None):
    starts = list(range(0, len(x), k))
    begins, h, c = [], h0, c0
    for first in starts:
        begins.append((h, c))
        part = slice(first, first + k)
        real = None if mask is None else mask[part]
        hs, cs = chapter.lstm_forward(x[part], h, c, w, b, real)
        h, c = hs[-1], cs[-1]
    dxs, dw, db, above = [], np.zeros_like(w), np.zeros_like(b), np.zeros_like(h0)
    for first, begin in zip(starts[::-1], begins[::-1], strict=True):
        part = slice(first, first + k)
        real = None if mask is None else mask[part]
        own = dhs[part].copy()
        own[-1] += above
        dx, above, _, dw_part, db_part = chapter.lstm_backward(x[part], *begin, w, b, own, real)
        dxs.append(dx)
        dw, db = dw + dw_part, db + db_part
    return np.concatenate(dxs[::-1]), dw, db, h, c


def cell_not_carried_on(*given, **named):
    return _summed(*_in_windows(*given, **named, start=lambda h, c: (h, 0 * c)))


def hidden_state_not_carried_on(*given, **named):
    return _summed(*_in_windows(*given, **named, start=lambda h, c: (0 * h, c)))


def every_window_from_the_start(x, h0, c0, *rest, **named):
    return _summed(*_in_windows(x, h0, c0, *rest, **named, start=lambda h, c: (h0, c0)))


def not_cut(x, h0, c0, w, b, dhs, k, mask=None):
    dx, _, _, dw, db = chapter.lstm_backward(x, h0, c0, w, b, dhs, mask)
    hs, cs = chapter.lstm_forward(x, h0, c0, w, b, mask)
    return dx, dw, db, hs[-1], cs[-1]


def last_window_alone(*given, **named):
    dxs, total, h, c = _in_windows(*given, **named)
    return np.concatenate(dxs), *total[-1], h, c


def mean_over_windows(*given, **named):
    dx, dw, db, h, c = _summed(*_in_windows(*given, **named))
    count = -(-len(dx) // given[6])
    return dx, dw / count, db / count, h, c


def mean_over_steps(*given, **named):
    dx, dw, db, h, c = _summed(*_in_windows(*given, **named))
    return dx, dw / len(dx), db / len(dx), h, c


def short_rest_dropped(x, h0, c0, w, b, dhs, k, mask=None):
    whole = len(x) - len(x) % k if len(x) >= k else len(x)
    real = None if mask is None else mask[:whole]
    found = _in_windows(x[:whole], h0, c0, w, b, dhs[:whole], k, real)
    dx, *rest = _summed(*found)
    return np.concatenate([dx, np.zeros_like(x[whole:])]), *rest


def k_counts_windows(x, h0, c0, w, b, dhs, k, mask=None):
    return _summed(*_in_windows(x, h0, c0, w, b, dhs, -(-len(x) // k), mask))


def first_states_handed_on(*given, **named):
    return _summed(*_in_windows(*given, **named, after=lambda hs, cs, h, c: (hs[0], cs[0])))


def states_exchanged_at_the_border(*given, **named):
    return _summed(*_in_windows(*given, **named, after=lambda hs, cs, h, c: (cs[-1], hs[-1])))


def states_before_the_last_window(*given, **named):
    kept = []

    def after(hs, cs, h, c):
        kept.append((h, c))
        return hs[-1], cs[-1]

    dx, dw, db, _, _ = _summed(*_in_windows(*given, **named, after=after))
    return dx, dw, db, *kept[-1]


def loss_at_the_ends_of_windows(*given, **named):
    def losses(dhs, part, length):
        own = np.zeros_like(dhs[part])
        own[-1] = dhs[part][-1]
        return own

    return _summed(*_in_windows(*given, **named, losses=losses))


def losses_of_the_first_window(*given, **named):
    return _summed(*_in_windows(*given, **named, losses=lambda dhs, part, n: dhs[:n]))


def mask_of_the_first_window(x, h0, c0, w, b, dhs, k, mask=None):
    if mask is not None:
        mask = np.concatenate([mask[:k]] * -(-len(x) // k))[: len(x)]
    return _summed(*_in_windows(x, h0, c0, w, b, dhs, k, mask))


def mask_forgotten(x, h0, c0, w, b, dhs, k, mask=None):
    return _summed(*_in_windows(x, h0, c0, w, b, dhs, k))


def states_squashed_at_the_border(*given, **named):
    def after(hs, cs, h, c):
        return hs[-1], np.tanh(cs[-1])

    return _summed(*_in_windows(*given, **named, after=after))


def gradients_returned_for_states(x, h0, c0, w, b, dhs, k, mask=None):
    dx, dw, db, h, c = _summed(*_in_windows(x, h0, c0, w, b, dhs, k, mask))
    first = (len(x) - 1) // k * k
    h, c = h0, c0
    if first:
        real = None if mask is None else mask[:first]
        hs, cs = chapter.lstm_forward(x[:first], h0, c0, w, b, real)
        h, c = hs[-1], cs[-1]
    real = None if mask is None else mask[first:]
    _, dh, dc, _, _ = chapter.lstm_backward(x[first:], h, c, w, b, dhs[first:], real)
    return dx, dw, db, dh, dc


# --- clip_together -------------------------------------------------------------------------------

clip = Exercise("clip_together", points=2)


def of_lengths(rng, *lengths):
    """Return gradients of these lengths and of different shapes, no entry tiny."""
    shapes = ((2, 2), (3,), (1, 2, 2), (2, 1))
    found = []
    for length, shape in zip(lengths, shapes, strict=False):
        g = rng.uniform(0.5, 1.5, shape) * rng.permuted(np.resize([1.0, -1.0], shape))
        found.append(g * length / np.sqrt(np.sum(g * g)))
    return found


@clip.check()
def worked_example(rng):
    """Agrees with the example worked by hand, below its length and above."""
    gradients = [np.array([3.0, 4.0]), np.array([12.0])]
    yield gradients, 6.5
    yield gradients, 20.0


@clip.check(weight=2)
def one_factor_for_all(rng):
    """Shortens all by one factor, even where none is too long by itself."""
    yield of_lengths(rng, 3.0, 0.9, 1.5), 1.2
    yield of_lengths(rng, 1.5, 1.6, 1.7), 2.0
    yield of_lengths(rng, 0.5, 0.3), 0.25


@clip.check()
def short_enough(rng):
    """Changes nothing where the limit is not reached, and gives zeros for zeros."""
    yield of_lengths(rng, 1.0, 2.0), 5.0
    yield [np.zeros((2, 2)), np.array([3.0, -4.0])], 2.5
    yield [np.zeros(3), np.zeros(1)], 1.0


@clip.check(exact=True, atol=1e-12)
def not_finite(rng):
    """Makes all zero where the length is infinite or not a number, and returns that."""
    good = np.array([3.0, -4.0])
    yield [good, np.array([[np.inf, 0.5]])], 2.5
    yield [np.array([[0.25, np.nan]]), good], 2.5
    yield [good, np.array([-np.inf])], 100.0


@clip.check(weight=2, hidden=True)
def any_gradients(rng):
    """Is right for any gradients, for a single one and for long and short ones together."""
    yield of_lengths(rng, 2.0, 1.0, 0.4, 2.5), 1.3
    yield of_lengths(rng, 2.0), 1.0
    yield of_lengths(rng, 40.0, 0.1, 0.2), 3.0
    yield of_lengths(rng, 0.3, 0.1, 0.2), 1.0


clip.in_other_dress(one_factor_for_all)
clip.in_new_arrays(short_enough)


def _clipped(length=None, factor=None, told=None, guard=True):
    """Return a clipping with another length, factor, or second result."""

    def clip_them(gradients, limit):
        flat = np.concatenate([np.ravel(g) for g in gradients])
        with np.errstate(all="ignore"):
            size = np.sqrt(np.sum(flat * flat)) if length is None else length(gradients, flat)
            if guard and not np.isfinite(size):
                return [np.zeros_like(g) for g in gradients], float(size)
            by = np.where(size > limit, limit / size, 1.0)
            by = float(by if factor is None else factor(size, limit))
            found = [(g * by).astype(g.dtype) for g in gradients]
        return found, float(size if told is None else told(size, limit, by))

    return clip_them


def _norm(flat):
    return np.sqrt(np.sum(flat * flat))


def each_by_its_own_length(gradients, limit):
    whole = chapter.clip_together(gradients, limit)
    if not np.isfinite(whole[1]):
        return whole
    return [chapter.clip_together([g], limit)[0][0] for g in gradients], whole[1]


def entries_cut(gradients, limit):
    whole = chapter.clip_together(gradients, limit)
    if not np.isfinite(whole[1]):
        return whole
    return [np.clip(g, -limit, limit) for g in gradients], whole[1]


lengths_added = _clipped(lambda gradients, flat: sum(_norm(np.ravel(g)) for g in gradients))
root_forgotten = _clipped(lambda gradients, flat: np.sum(flat * flat))
largest_entry = _clipped(lambda gradients, flat: np.max(np.abs(flat)))
longest_array = _clipped(lambda gradients, flat: np.max([_norm(np.ravel(g)) for g in gradients]))
mean_of_the_squares = _clipped(lambda gradients, flat: np.sqrt(np.mean(flat * flat)))
always_scaled = _clipped(factor=lambda size, limit: limit / size if size > 0 else 1.0)
factor_turned_round = _clipped(factor=lambda size, limit: max(1.0, size / limit))
length_after_the_cut = _clipped(told=lambda size, limit, by: size * by)
factor_returned = _clipped(told=lambda size, limit, by: by)
unit_length = _clipped(factor=lambda size, limit: 1 / size if size > limit else 1.0)
not_finite_goes_through = _clipped(guard=False)
zero_divided = _clipped(factor=lambda size, limit: np.minimum(1.0, limit * size / (size * size)))
first_array_only = _clipped(lambda gradients, flat: _norm(np.ravel(gradients[0])))
limit_squared = _clipped(factor=lambda size, limit: min(1.0, limit / size**2) if size else 1.0)
below_lifted = _clipped(factor=lambda size, limit: limit / size if 0 < size < limit else 1.0)


def nan_replaced_only(gradients, limit):
    whole = chapter.clip_together(gradients, limit)
    if np.isfinite(whole[1]):
        return whole
    kept = [np.where(np.isfinite(g), g, 0) for g in gradients]
    return chapter.clip_together(kept, limit)[0], whole[1]


def infinity_cut(gradients, limit):
    whole = chapter.clip_together(gradients, limit)
    if whole[1] != np.inf:
        return whole
    return [np.clip(np.where(np.isinf(g), g, 0), -limit, limit) for g in gradients], whole[1]


def infinity_times_zero(gradients, limit):
    whole = chapter.clip_together(gradients, limit)
    if whole[1] != np.inf:
        return whole
    with np.errstate(all="ignore"):
        return [g * 0.0 for g in gradients], whole[1]


def nan_goes_through(gradients, limit):
    whole = chapter.clip_together(gradients, limit)
    if not np.isnan(whole[1]):
        return whole
    return [g.copy() for g in gradients], whole[1]


a_millionth_added = _clipped(factor=lambda size, limit: min(1.0, limit / (size + 1e-6)))
a_trifle_added = _clipped(factor=lambda size, limit: min(1.0, limit / (size + 1e-8)))


def limit_shared_out(gradients, limit):
    whole = chapter.clip_together(gradients, limit)
    if not np.isfinite(whole[1]):
        return whole
    share = limit / len(gradients)
    return [chapter.clip_together([g], share)[0][0] for g in gradients], whole[1]


def length_of_zero_told(gradients, limit):
    clipped, length = chapter.clip_together(gradients, limit)
    return clipped, length if np.isfinite(length) else 0.0


def length_left_out(gradients, limit):
    return chapter.clip_together(gradients, limit)[0]


# --- chrono_bias ---------------------------------------------------------------------------------

chrono = Exercise("chrono_bias", points=2)


@chrono.check()
def worked_example(rng):
    """Agrees with the horizons of 2 and 100 steps worked by hand."""
    yield (np.array([2.0, 100.0]),)
    yield (np.array([100.0]),)


@chrono.check(weight=2)
def each_cell_its_own(rng):
    """Gives each cell the biases of its own horizon, forget and input gates, and no others."""
    yield (rng.uniform(3, 60, 3),)
    yield (rng.uniform(3, 500, 4),)


@chrono.check(dtype=True)
def whole_numbers(rng):
    """Returns floats for whole numbers of steps."""
    yield (np.array([5, 20, 3]),)


@chrono.check(hidden=True)
def any_horizon(rng):
    """Takes short horizons and long ones, of one cell or of many."""
    yield (np.array([1.25, 1.5, 4000.0]),)
    yield (rng.uniform(2, 50, 7),)
    yield (rng.uniform(20, 90, 1),)
    yield (np.array([1.125]),)


@chrono.check()
def short_horizons(rng):
    """Lets a cell forget more than half at once where its horizon is below 2."""
    yield (np.array([1.5, 1.1, 3.0]),)


chrono.in_other_dress(each_cell_its_own)


def opening_for_the_bias(horizons):
    share = 1 / horizons
    return np.concatenate([1 - share, share, 0 * share, 0 * share])


def one_horizon_for_all(horizons):
    return chapter.chrono_bias(np.full_like(horizons * 1.0, np.mean(horizons)))


def longest_for_all(horizons):
    return chapter.chrono_bias(np.full_like(horizons * 1.0, np.max(horizons)))


def interleaved(horizons):
    return np.ravel(chapter.chrono_bias(horizons).reshape(4, -1).T)


def a_share_of_one_over_e(horizons):
    keep = -np.log(np.expm1(1 / horizons))
    return np.concatenate([keep, -keep, 0 * keep, 0 * keep])


# --- deep_lstm -----------------------------------------------------------------------------------

deep = Exercise("deep_lstm", points=3, needs=("lstm_forward",))


def readers(rng, d, *hidden):
    """Return a layer of one or two readers with so many cells."""
    return [
        (0.7 * rng.normal(size=(4 * cells, cells + d)), 0.8 * rng.normal(size=4 * cells))
        for cells in hidden
    ]


@deep.check()
def worked_example(rng):
    """Agrees with the two readers worked by hand, without padding and with it."""
    *_, w, b = by_hand()
    x = np.array([1.0, 2.0]).reshape(2, 1, 1)
    yield x, [[(w, b), (w, b)]]
    yield np.concatenate([x, 5 * x[:1]]), [[(w, b), (w, b)]], padding(3, 2)


@deep.check(weight=2)
def both_ways(rng):
    """Puts the hidden states of both readers side by side, step by step."""
    yield rng.normal(size=(4, 2, 3)), [readers(rng, 3, 2, 2)]
    yield rng.normal(size=(3, 3, 1)), [readers(rng, 1, 2, 2)]


@deep.check(weight=2)
def several_layers(rng):
    """Lets each layer read the hidden states of the one below, one way or both."""
    yield rng.normal(size=(4, 2, 3)), [readers(rng, 3, 2), readers(rng, 2, 2), readers(rng, 2, 2)]
    yield rng.normal(size=(3, 2, 2)), [readers(rng, 2, 1, 1), readers(rng, 2, 1, 1)]


@deep.check(weight=2)
def with_padding(rng):
    """Lets no reader be changed by padding, the one that meets it first neither."""
    yield rng.normal(size=(5, 3, 2)), [readers(rng, 2, 2, 2)], padding(5, 5, 3, 1)
    layers = [readers(rng, 2, 2, 2), readers(rng, 4, 2)]
    yield Case(rng.normal(size=(4, 3, 2)), layers, mask=scattered(rng, 4, 3))


@deep.check(weight=2, hidden=True)
def any_stack(rng):
    """Is right for readers of different widths, mixed layers, one step and one sequence."""
    yield rng.normal(size=(6, 3, 2)), [readers(rng, 2, 2, 3), readers(rng, 5, 2)]
    yield rng.normal(size=(1, 2, 3)), [readers(rng, 3, 2, 2), readers(rng, 4, 1, 1)]
    layers = [readers(rng, 1, 3), readers(rng, 3, 2, 2)]
    yield rng.normal(size=(7, 1, 1)), layers, padding(7, 4)
    yield rng.normal(size=(4, 4, 2)), [readers(rng, 2, 2, 2)], scattered(rng, 4, 4)


deep.in_other_dress(both_ways)


def last_layer_only(x, layers, mask=None):
    if layers[-1][0][0].shape[1] - len(layers[-1][0][1]) // 4 != x.shape[2]:
        return _stack(x, layers, mask, _layer)
    return _layer(x, layers[-1], mask)


def _read(x, reader, mask=None, start=None):
    w, b = reader
    zeros = np.zeros((x.shape[1], len(b) // 4), x.dtype)
    start = (zeros, zeros) if start is None else start
    return chapter.lstm_forward(x, *start, w, b, mask)


def _turned(mask):
    return None if mask is None else mask[::-1]


def _layer(x, layer, mask=None, join=None):
    states = [_read(x, layer[0], mask)[0]]
    if len(layer) > 1:
        states.append(_read(x[::-1], layer[1], _turned(mask))[0][::-1])
    return np.concatenate(states, axis=2) if join is None else join(states)


def _stack(x, layers, mask, read):
    for layer in layers:
        x = read(x, layer, mask)
    return x


def _joined_by(join):
    return lambda x, layers, mask=None: _stack(
        x, layers, mask, lambda x, layer, mask: _layer(x, layer, mask, join)
    )


def _woven(states):
    if len({s.shape for s in states}) > 1:
        return np.concatenate(states, axis=2)
    return np.stack(states, axis=3).reshape(*states[0].shape[:2], -1)


def _added(states):
    return states[0] if len(states) < 2 or states[0].shape != states[1].shape else sum(states)


directions_interleaved = _joined_by(_woven)
backward_reader_first = _joined_by(lambda states: np.concatenate(states[::-1], axis=2))


def directions_added(x, layers, mask=None):
    return _layer(_stack(x, layers[:-1], mask, _layer), layers[-1], mask, _added)


def directions_averaged(x, layers, mask=None):
    top = _stack(x, layers[:-1], mask, _layer)
    return _layer(top, layers[-1], mask, lambda s: _added(s) / 2 if _added(s) is not s[0] else s[0])


def _not_turned_back(x, layer, mask):
    states = [_read(x, layer[0], mask)[0]]
    if len(layer) > 1:
        states.append(_read(x[::-1], layer[1], _turned(mask))[0])
    return np.concatenate(states, axis=2)


def not_turned_back(x, layers, mask=None):
    return _stack(x, layers, mask, _not_turned_back)


def _never_turned(x, layer, mask):
    return np.concatenate([_read(x, reader, mask)[0] for reader in layer], axis=2)


def both_read_forwards(x, layers, mask=None):
    return _stack(x, layers, mask, _never_turned)


def _mask_not_turned(x, layer, mask):
    states = [_read(x, layer[0], mask)[0]]
    if len(layer) > 1:
        states.append(_read(x[::-1], layer[1], mask)[0][::-1])
    return np.concatenate(states, axis=2)


def mask_not_turned(x, layers, mask=None):
    return _stack(x, layers, mask, _mask_not_turned)


def mask_ignored(x, layers, mask=None):
    return _stack(x, layers, None, _layer)


def _mask_forwards_only(x, layer, mask):
    states = [_read(x, layer[0], mask)[0]]
    if len(layer) > 1:
        states.append(_read(x[::-1], layer[1])[0][::-1])
    return np.concatenate(states, axis=2)


def mask_for_the_forward_reader_only(x, layers, mask=None):
    return _stack(x, layers, mask, _mask_forwards_only)


def mask_for_the_first_layer_only(x, layers, mask=None):
    return _stack(_layer(x, layers[0], mask), layers[1:], None, _layer)


def same_weights_both_ways(x, layers, mask=None):
    def twins(x, layer, mask):
        if len({reader[0].shape for reader in layer}) > 1:
            return _layer(x, layer, mask)
        return _layer(x, [layer[0]] * len(layer), mask)

    return _stack(x, layers, mask, twins)


def second_reader_goes_on(x, layers, mask=None):
    def goes_on(x, layer, mask):
        hs, cs = _read(x, layer[0], mask)
        states = [hs]
        if len(layer) > 1:
            same = layer[0][0].shape == layer[1][0].shape
            start = (hs[-1], cs[-1]) if same else None
            states.append(_read(x[::-1], layer[1], _turned(mask), start)[0][::-1])
        return np.concatenate(states, axis=2)

    return _stack(x, layers, mask, goes_on)


def states_handed_up(x, layers, mask=None):
    last = None
    for layer in layers:
        found, ends = [], []
        for k, reader in enumerate(layer):
            start = None
            if last and k < len(last) and last[k][0].shape[1] == len(reader[1]) // 4:
                start = last[k]
            seen, real = (x[::-1], _turned(mask)) if k else (x, mask)
            hs, cs = _read(seen, reader, real, start)
            ends.append((hs[-1], cs[-1]))
            found.append(hs[::-1] if k else hs)
        x, last = np.concatenate(found, axis=2), ends
    return x


def cells_handed_up(x, layers, mask=None):
    def cells(x, layer, mask):
        states = [_read(x, layer[0], mask)[1]]
        if len(layer) > 1:
            states.append(_read(x[::-1], layer[1], _turned(mask))[1][::-1])
        return np.concatenate(states, axis=2)

    return _layer(_stack(x, layers[:-1], mask, cells), layers[-1], mask)


def cells_returned(x, layers, mask=None):
    x = _stack(x, layers[:-1], mask, _layer)
    states = [_read(x, layers[-1][0], mask)[1]]
    if len(layers[-1]) > 1:
        states.append(_read(x[::-1], layers[-1][1], _turned(mask))[1][::-1])
    return np.concatenate(states, axis=2)


def own_step_not_read(x, layers, mask=None):
    def late(x, layer, mask):
        states = [_read(x, layer[0], mask)[0]]
        if len(layer) > 1:
            hs = _read(x[::-1], layer[1], _turned(mask))[0]
            states.append(np.concatenate([np.zeros_like(hs[:1]), hs[:-1]])[::-1])
        return np.concatenate(states, axis=2)

    return _stack(x, layers, mask, late)


def last_states_only(x, layers, mask=None):
    x = _stack(x, layers[:-1], mask, _layer)
    ends = [_read(x, layers[-1][0], mask)[0][-1]]
    if len(layers[-1]) > 1:
        ends.append(_read(x[::-1], layers[-1][1], _turned(mask))[0][-1])
    return np.concatenate(ends, axis=1)


def zeros_at_padding(x, layers, mask=None):
    found = _stack(x, layers, mask, _layer)
    return found if mask is None else np.where(mask[..., np.newaxis], found, 0)


def zeros_at_padding_in_every_layer(x, layers, mask=None):
    for layer in layers:
        x = _layer(x, layer, mask)
        x = x if mask is None else np.where(mask[..., np.newaxis], x, np.zeros_like(x))
    return x


def first_layer_alone(x, layers, mask=None):
    return _layer(x, layers[0], mask)


def forward_reader_alone(x, layers, mask=None):
    return _layer(_stack(x, layers[:-1], mask, _layer), layers[-1][:1], mask)


def turned_within_its_length(x, layers, mask=None):
    if mask is None:
        return _stack(x, layers, mask, _layer)
    order = np.argsort(~mask, axis=0, kind="stable")
    for n, count in enumerate(mask.sum(axis=0)):
        order[:count, n] = order[:count, n][::-1]
    order = order[..., np.newaxis]

    def turned(x, layer, mask):
        states = [_read(x, layer[0], mask)[0]]
        if len(layer) > 1:
            real = np.take_along_axis(mask, order[..., 0], axis=0)
            hs = _read(np.take_along_axis(x, order, axis=0), layer[1], real)[0]
            back = np.empty_like(hs)
            np.put_along_axis(back, order, hs, axis=0)
            states.append(back)
        return np.concatenate(states, axis=2)

    return _stack(x, layers, mask, turned)


def input_added(x, layers, mask=None):
    def around(x, layer, mask):
        states = _layer(x, layer, mask)
        return states + x if states.shape == x.shape else states

    return _stack(x, layers, mask, around)


def other_reader_s_end(x, layers, mask=None):
    def swapped(x, layer, mask):
        if len(layer) < 2 or layer[0][0].shape != layer[1][0].shape:
            return _layer(x, layer, mask)
        hs, cs = _read(x[::-1], layer[1], _turned(mask))
        ahead = _read(x, layer[0], mask, (hs[-1], cs[-1]))[0]
        return np.concatenate([ahead, hs[::-1]], axis=2)

    return _stack(x, layers, mask, swapped)


def joined_along_time(x, layers, mask=None):
    found = _stack(x, layers, mask, _layer)
    half = found.shape[2] // 2
    if len(layers[-1]) < 2:
        return found
    return np.concatenate([found[..., :half], found[..., half:]], axis=0)


# --- lstm_peephole_step --------------------------------------------------------------------------

peephole = Exercise("lstm_peephole_step", points=3)


def peeping(rng, **sizes):
    """Return a step and its peephole weights."""
    x, h, c, w, b = problem(rng, **sizes)
    return x, h, c, w, b, rng.normal(size=(3, h.shape[1]))


@peephole.check(weight=2)
def one_step(rng):
    """Lets each gate look at its own cell."""
    yield peeping(rng, n=2, d=3, hidden=2)
    yield peeping(rng, n=3, d=1, hidden=2)


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
    yield tuple(problem(rng, n=2, d=3, hidden=2, blocks=3))
    yield tuple(problem(rng, n=3, d=1, hidden=2, blocks=3))


@coupled.check()
def worked_example(rng):
    """Agrees with the example worked by hand in the chapter."""
    yield by_hand((0, 2, 3))


@coupled.check(observe="scan")
def several_steps(rng):
    """Carries both states through five steps."""
    x, h, c, w, b = problem(rng, n=2, d=1, hidden=2, blocks=3, steps=5)
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
    yield without_cell(problem(rng, n=2, d=3, hidden=2, blocks=3))
    yield without_cell(problem(rng, n=3, d=1, hidden=2, blocks=3))


@gru.check()
def worked_example(rng):
    """Agrees with the example worked by hand in the chapter."""
    yield gru_by_hand()


@gru.check(observe="scan")
def several_steps(rng):
    """Carries its state through six steps."""
    x, h, w, b = without_cell(problem(rng, n=2, d=1, hidden=2, blocks=3, steps=6))
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


def _update_sees_reset(x, h, w, b):
    r = _sums(x, h, w, b, 3)[1]
    reset = _sigmoid(r) * h
    z, _, g = _sums(x, reset, w, b, 3)
    z = _sigmoid(z)
    return (1 - z) * h + z * np.tanh(g)


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
    yield gru_loss(rng, n=2, d=3, hidden=2)
    yield gru_loss(rng, n=3, d=1, hidden=2)


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
    every step; with nearly shut input gates it is gone. The capstone: f alone cannot make a
    difference grow, so there too it comes back into the cells by way of h and the gates.) Half:
    only the direct path, or "it solves vanishing and exploding".
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
