"""How the exercises on the LSTM and its relatives are judged."""

import numpy as np

from autograder.spec import Case, Exercise, Question
from solutions.lstm import chapter

PYTORCH = "PyTorch's and Keras's order of rows: i, f, candidate, o"
CS231N = "the order of rows i, f, o, candidate (as in Stanford's CS231n)"
INPUT_FIRST = "TensorFlow's BasicLSTMCell, which joins [x, h]"


# --- cases ---------------------------------------------------------------------------------------


def spread(array):
    """Return the same values, two steps apart in memory."""
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def problem(rng, n=2, d=3, hidden=4, blocks=4, steps=None, dtype=np.float64):
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
    return [
        (scale * rng.normal(size=shape)).astype(dtype)
        for scale, shape in zip(scales, shapes, strict=True)
    ]


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
        x, h, w, b = without_cell(problem(rng, n=6, d=3, hidden=4))
        yield 2000 * x, h, w, b

    @exercise.check(hidden=True, dtype=True, needs=values)
    def float32_and_layout(rng):
        """Keeps float32, and takes arrays of any memory layout."""
        x, h, w, b = without_cell(problem(rng, n=3, d=2, hidden=4, dtype=np.float32))
        yield spread(x), h, spread(w), b
        x, h, w, b = without_cell(problem(rng, n=2, d=4, hidden=3))
        yield np.asfortranarray(x), spread(h), np.asfortranarray(w), spread(b)

    exercise.misconception(
        "x-before-h",
        replace="[h, x]",
        by="[x, h]",
        convention=INPUT_FIRST,
        hint="Each row of w has H + D entries. Which part of the concatenation meets its first H?",
    )
    return exercise


def misread(exercise, squash, row, rows):
    """Declare the mistakes that all gates share; `rows` are those the solution takes."""
    sums = f"joined @ w{rows}.T + b{rows}"
    exercise.misconception(
        "rows-interleaved",
        replace=(f"w{rows}", f"b{rows}"),
        by=(f"w[{row}::4]", f"b[{row}::4]"),
        hint="Do the four rows of one cell stand side by side, or the rows of one gate?",
    )
    if squash == "sigmoid":
        exercise.misconception(
            "twice-as-steep",
            replace=f"sigmoid({sums})",
            by=f"sigmoid(2 * ({sums}))",
            hint="A sum of 2 leaves a gate open by 0.88. How far is yours?",
        )
    if exercise.name != "forget_gate":
        exercise.misconception(
            "blind-to-the-past",
            replace=f"joined @ w{rows}.T",
            by=f"x @ w{rows}[:, hidden:].T",
            hint="Two things enter the sum: what is coming in, and what else?",
        )
        exercise.misconception(
            "not-squashed",
            replace=f"{squash}({sums})",
            by=sums,
            hint="In which range does the value asked for lie? Which function sees to that?",
        )
        exercise.misconception(
            "squashed-before-the-bias",
            replace=f"{squash}({sums})",
            by=f"{squash}(joined @ w{rows}.T) + b{rows}",
            hint="Can yours leave its range? At which moment does the bias join the sum?",
        )


forget = gate("forget_gate", points=2)
misread(forget, "sigmoid", 0, "[:hidden]")
forget.misconception(
    "rows-of-another-order",
    replace=("w[:hidden]", "b[:hidden]"),
    by=("w[hidden : 2 * hidden]", "b[hidden : 2 * hidden]"),
    convention="the order of rows i, f, ... of PyTorch, Keras and CS231n",
    hint="The rows are stacked f, i, candidate, o. Whose rows are the ones you use?",
)
forget.misconception(
    "last-rows",
    replace=("w[:hidden]", "b[:hidden]"),
    by=("w[-hidden:]", "b[-hidden:]"),
    hint="Which of the four blocks of rows belongs to the forget gate: the first or the last?",
)
forget.misconception(
    "tanh-for-a-gate",
    replace="sigmoid(",
    by="np.tanh(",
    hint="Yours can be negative. What would it mean to keep minus 40 % of a memory?",
)
forget.misconception(
    "open-means-forget",
    replace="return sigmoid(joined",
    by="return 1 - sigmoid(joined",
    hint="Does a forget gate of 1 erase the cell or keep it?",
)
forget.misconception(
    "bias-forgotten",
    replace=" + b[:hidden]",
    by="",
    hint="With all inputs at zero, where does your gate stand? What ought to decide that?",
)
forget.misconception(
    "not-squashed",
    replace="return sigmoid(joined @ w[:hidden].T + b[:hidden])",
    by="return joined @ w[:hidden].T + b[:hidden]",
    hint="A gate lies between 0 and 1. Which function sees to that, and did you apply it?",
)
forget.misconception(
    "squashed-before-the-bias",
    replace="sigmoid(joined @ w[:hidden].T + b[:hidden])",
    by="sigmoid(joined @ w[:hidden].T) + b[:hidden]",
    hint="Can your gate leave the range from 0 to 1? At which moment does the bias join the sum?",
)
forget.misconception(
    "blind-to-the-past",
    replace="joined @ w[:hidden].T",
    by="x @ w[:hidden, hidden:].T",
    hint="Two things decide what to forget: what is coming in, and what else?",
)

inputs = gate("input_gate", points=1)
misread(inputs, "sigmoid", 1, "[hidden : 2 * hidden]")
inputs.misconception(
    "rows-of-another-order",
    replace=("w[hidden : 2 * hidden]", "b[hidden : 2 * hidden]"),
    by=("w[:hidden]", "b[:hidden]"),
    convention="the order of rows i, f, ... of PyTorch, Keras and CS231n",
    hint="The rows are stacked f, i, candidate, o. Whose rows are the ones you use?",
)
inputs.misconception(
    "tanh-for-a-gate",
    replace="sigmoid(",
    by="np.tanh(",
    hint="This is a valve, not the content that flows through it. What range does a valve have?",
)
inputs.misconception(
    "complement-of-the-forget-gate",
    replace="sigmoid(joined @ w[hidden : 2 * hidden].T + b[hidden : 2 * hidden])",
    by="1 - sigmoid(joined @ w[:hidden].T + b[:hidden])",
    convention="the LSTM with coupled gates, i = 1 - f",
    hint="May this LSTM keep everything and write something as well? Then can i follow from f?",
)
inputs.misconception(
    "bias-forgotten",
    replace=" + b[hidden : 2 * hidden]",
    by="",
    hint="With all inputs at zero, where does your gate stand? What ought to decide that?",
)
inputs.misconception(
    "rows-of-the-candidate",
    replace=("w[hidden : 2 * hidden]", "b[hidden : 2 * hidden]"),
    by=("w[2 * hidden : 3 * hidden]", "b[2 * hidden : 3 * hidden]"),
    hint="Two blocks have to do with writing. Is yours the one that says how much, or what?",
)
inputs.misconception(
    "open-means-ignore",
    replace="return sigmoid(joined",
    by="return 1 - sigmoid(joined",
    hint="Does an input gate of 1 let the new content in or keep it out?",
)

candidates = gate("candidate", points=1)
misread(candidates, "np.tanh", 2, "[2 * hidden : 3 * hidden]")
candidates.misconception(
    "sigmoid-for-the-content",
    replace="np.tanh(",
    by="sigmoid(",
    hint="If the content is never negative, how could a cell ever count down?",
)
candidates.misconception(
    "last-rows",
    replace=("w[2 * hidden : 3 * hidden]", "b[2 * hidden : 3 * hidden]"),
    by=("w[3 * hidden :]", "b[3 * hidden :]"),
    convention=CS231N,
    hint="The rows are stacked f, i, candidate, o. Whose rows are the ones you use?",
)
candidates.misconception(
    "rows-of-the-input-gate",
    replace=("w[2 * hidden : 3 * hidden]", "b[2 * hidden : 3 * hidden]"),
    by=("w[hidden : 2 * hidden]", "b[hidden : 2 * hidden]"),
    hint="How many blocks of H rows stand above the candidate's?",
)
candidates.misconception(
    "bias-forgotten",
    replace=" + b[2 * hidden : 3 * hidden]",
    by="",
    hint="With all inputs at zero, what would be written? What ought to decide that?",
)
candidates.misconception(
    "already-gated",
    replace="return np.tanh(",
    by="return input_gate(x, h, w, b) * np.tanh(",
    hint="The candidate is what could be written. Who decides how much of it is, and where?",
)

outputs = gate("output_gate", points=1)
misread(outputs, "sigmoid", 3, "[3 * hidden :]")
outputs.misconception(
    "tanh-for-a-gate",
    replace="sigmoid(",
    by="np.tanh(",
    hint="This is a valve, not the content that flows through it. What range does a valve have?",
)
outputs.misconception(
    "third-rows",
    replace=("w[3 * hidden :]", "b[3 * hidden :]"),
    by=("w[2 * hidden : 3 * hidden]", "b[2 * hidden : 3 * hidden]"),
    convention=CS231N,
    hint="The rows are stacked f, i, candidate, o. Whose rows are the ones you use?",
)
outputs.misconception(
    "second-rows",
    replace=("w[3 * hidden :]", "b[3 * hidden :]"),
    by=("w[hidden : 2 * hidden]", "b[hidden : 2 * hidden]"),
    convention="ONNX's order of rows: i, o, f, candidate",
    hint="How many blocks of H rows stand above the output gate's?",
)
outputs.misconception(
    "bias-forgotten",
    replace=" + b[3 * hidden :]",
    by="",
    hint="With all inputs at zero, where does your gate stand? What ought to decide that?",
)
outputs.misconception(
    "open-means-hide",
    replace="return sigmoid(joined",
    by="return 1 - sigmoid(joined",
    hint="Does an output gate of 1 show the cell or hide it?",
)

# --- cell_update ---------------------------------------------------------------------------------

cell = Exercise("cell_update", points=1)


def contents(rng, n, hidden, dtype=np.float64):
    """Return c, f, i, g: an old cell, two gates and a candidate."""
    values = (
        2 * rng.normal(size=(n, hidden)),
        rng.uniform(0.1, 0.9, (n, hidden)),
        rng.uniform(0.1, 0.9, (n, hidden)),
        rng.uniform(-0.9, 0.9, (n, hidden)),
    )
    return [value.astype(dtype) for value in values]


@cell.check(weight=2)
def mixes_old_and_new(rng):
    """Keeps a part of the old content and adds a part of the new."""
    yield tuple(contents(rng, 3, 4))
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


@cell.check(hidden=True, dtype=True, needs=mixes_old_and_new)
def float32_and_layout(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield tuple(spread(part) for part in contents(rng, 4, 3, np.float32))
    yield tuple(np.asfortranarray(part) for part in contents(rng, 2, 5))


cell.misconception(
    "old-content-lost",
    replace="f * c + i * g",
    by="i * g",
    hint="Where does the memory of the previous step enter your formula?",
)
cell.misconception(
    "gates-exchanged",
    replace="f * c + i * g",
    by="i * c + f * g",
    hint="Which gate stands before the old content, and which before the new?",
)
cell.misconception(
    "never-forgets",
    replace="f * c + i * g",
    by="c + i * g",
    convention="the LSTM of Hochreiter and Schmidhuber 1997, before it had a forget gate",
    hint="What makes room in your cell when its content is out of date?",
)
cell.misconception(
    "everything-is-written",
    replace="f * c + i * g",
    by="f * c + g",
    hint="Is there a way for your cell to ignore what comes in?",
)
cell.misconception(
    "coupled",
    replace="f * c + i * g",
    by="f * c + (1 - f) * g",
    convention="the LSTM with coupled gates, i = 1 - f",
    hint="There are two gates in the arguments. Does your result change when i does?",
)
cell.misconception(
    "open-means-forget",
    replace="f * c + i * g",
    by="(1 - f) * c + i * g",
    hint="A forget gate of 1: is the old content kept or erased?",
)
cell.misconception(
    "squashed-cell",
    replace="f * c + i * g",
    by="np.tanh(f * c + i * g)",
    hint="If the cell itself is squashed at each step, can it still count to ten?",
)

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


@step.check(hidden=True, dtype=True, needs=one_step)
def float32_and_layout(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield tuple(spread(part) for part in problem(rng, n=2, d=4, hidden=3, dtype=np.float32))
    yield tuple(np.asfortranarray(part) for part in problem(rng, n=3, d=2, hidden=4))


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


step.misconception(
    "cell-shown-without-tanh",
    replace="o * np.tanh(c_new), c_new",
    by="o * c_new, c_new",
    hint="Is every entry of your h between -1 and 1, even when a cell has counted to 12?",
)
step.misconception(
    "old-cell-shown",
    replace="o * np.tanh(c_new), c_new",
    by="o * np.tanh(c), c_new",
    hint="Which cell does the hidden state show: the one before or the one after the update?",
)
step.misconception(
    "states-exchanged",
    replace="return o * np.tanh(c_new), c_new",
    by="return c_new, o * np.tanh(c_new)",
    hint="Two arrays of the same shape come back. In which order are they asked for?",
)
step.misconception(
    "squashed-cell-handed-on",
    replace="c_new = cell_update(c, f, i, g)\n    return o * np.tanh(c_new), c_new",
    by="c_new = np.tanh(cell_update(c, f, i, g))\n    return o * c_new, c_new",
    hint="The tanh is for what is shown. Which cell should the next step start from?",
).also(
    replace="c_new = cell_update(c, f, i, g)",
    by="c_new = np.tanh(cell_update(c, f, i, g))",
)
step.misconception(
    "output-gate-unused",
    replace="return o * np.tanh(c_new)",
    by="return np.tanh(c_new)",
    hint="When the output gate is shut, what should the rest of the net see of the cell?",
)
step.misconception(
    "content-not-gated",
    replace="cell_update(c, f, i, g)",
    by="cell_update(c, f, 1, g)",
    hint="What in your step could keep noise out of the cell?",
)
step.misconception(
    "never-forgets",
    replace="cell_update(c, f, i, g)",
    by="cell_update(c, 1, i, g)",
    convention="the LSTM of Hochreiter and Schmidhuber 1997, before it had a forget gate",
    hint="What makes room in your cell when its content is out of date?",
)
step.misconception(
    "open-means-forget",
    replace="cell_update(c, f, i, g)",
    by="cell_update(c, 1 - f, i, g)",
    hint="A forget gate of 1: is the old content kept or erased?",
)
step.misconception(
    "coupled",
    replace="cell_update(c, f, i, g)",
    by="cell_update(c, f, 1 - f, g)",
    convention="the LSTM with coupled gates, i = 1 - f",
    hint="Which of the four blocks of w has no say in your step?",
)
step.misconception(
    "sigmoid-for-the-content",
    function=_step_with_sigmoids_only,
    hint="If the content is never negative, how could a cell ever count down?",
)
step.misconception(
    "rows-interleaved",
    function=_step_of_interleaved_rows,
    hint="Do the four rows of one cell stand side by side, or the rows of one gate?",
)
step.misconception(
    "sigmoid-of-the-cell",
    replace="o * np.tanh(c_new), c_new",
    by="o / (1 + np.exp(-c_new)), c_new",
    hint="Can a hidden state of yours be negative? Which squashing function allows that?",
)
step.misconception(
    "pytorch-s-order",
    function=_step_in_pytorch_s_order,
    convention=PYTORCH,
    hint="The rows of w are stacked f, i, candidate, o. How did you cut them?",
)
step.misconception(
    "candidate-last",
    function=_step_in_cs231n_s_order,
    convention=CS231N,
    hint="The rows of w are stacked f, i, candidate, o. How did you cut them?",
)
step.misconception(
    "onnx-s-order",
    function=_step_in_onnx_s_order,
    convention="ONNX's order of rows: i, o, f, candidate",
    hint="The rows of w are stacked f, i, candidate, o. How did you cut them?",
)
step.misconception(
    "twice-as-steep",
    function=_step_with_steep_gates,
    hint="A sum of 2 leaves a gate open by 0.88. How far are yours?",
)
step.misconception(
    "x-before-h",
    function=_step_with_the_input_first,
    convention=INPUT_FIRST,
    hint="Each row of w has H + D entries. Which part of the concatenation meets its first H?",
)

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


@run.check(hidden=True, dtype=True, needs=every_state)
def float32_and_layout(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    given = problem(rng, n=2, d=4, hidden=3, steps=3, dtype=np.float32)
    yield tuple(spread(part) for part in given)
    given = problem(rng, n=3, d=2, hidden=4, steps=5)
    yield tuple(np.asfortranarray(part) for part in given)


def _run_batch_first(x, h0, c0, w, b):
    h, c, hs, cs = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c = _step(c, *_sums(x[:, t], h, w, b, 4))
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


run.misconception(
    "cell-not-carried",
    replace="lstm_step(now, h, c, w, b)",
    by="lstm_step(now, h, c0, w, b)",
    hint="Two states leave each step. Which of them enters the next one in your loop?",
)
run.misconception(
    "hidden-state-not-carried",
    replace="lstm_step(now, h, c, w, b)",
    by="lstm_step(now, h0, c, w, b)",
    hint="Two states leave each step. Which of them enters the next one in your loop?",
)
run.misconception(
    "nothing-carried",
    replace="lstm_step(now, h, c, w, b)",
    by="lstm_step(now, h0, c0, w, b)",
    hint="Shuffle the inputs: do your states change? Should they?",
)
run.misconception(
    "start-ignored",
    replace="h, c = h0, c0",
    by="h, c = 0 * h0, 0 * c0",
    hint="Where do h0 and c0 enter your run?",
)
run.misconception(
    "state-before-the-input",
    replace=(
        "h, c = lstm_step(now, h, c, w, b)\n        hs.append(h)\n        cs.append(c)",
        "return",
    ),
    by=(
        "hs.append(h)\n        cs.append(c)\n        h, c = lstm_step(now, h, c, w, b)",
        "return",
    ),
    hint="Has hs[0] already seen x[0]? Should it have?",
)
run.misconception(
    "start-included",
    replace="np.stack(hs), np.stack(cs)",
    by="np.stack([h0, *hs]), np.stack([c0, *cs])",
    hint="T inputs: how many states does the docstring ask for, and does h0 count?",
)
run.misconception(
    "last-state-only",
    replace="np.stack(hs), np.stack(cs)",
    by="h, c",
    hint="Who needs the states in between, and what shape does the docstring promise?",
)
run.misconception(
    "stacked-along-the-batch",
    replace="np.stack(hs), np.stack(cs)",
    by="np.stack(hs, axis=1), np.stack(cs, axis=1)",
    hint="In which order does the docstring promise time, batch and cells?",
)
run.misconception(
    "hidden-states-only",
    replace="np.stack(hs), np.stack(cs)",
    by="np.stack(hs)",
    hint="How many arrays does the docstring promise?",
)
run.misconception(
    "last-cell-only",
    replace="np.stack(hs), np.stack(cs)",
    by="np.stack(hs), c",
    convention="what torch.nn.LSTM returns: all hidden states, but only the last cell",
    hint="Are the cells of all steps asked for, or only the last ones?",
)
run.misconception(
    "states-exchanged",
    replace="np.stack(hs), np.stack(cs)",
    by="np.stack(cs), np.stack(hs)",
    hint="Two arrays of the same shape come back. In which order are they asked for?",
)
run.misconception(
    "read-backwards",
    replace="for now in x:",
    by="for now in x[::-1]:",
    hint="Which input comes first?",
)
run.misconception(
    "batch-first",
    function=_run_batch_first,
    convention="sequences with the batch first, as batch_first=True in PyTorch",
    hint="x has shape (T, N, D). Along which axis does time pass, and along which does your loop?",
)

# --- lstm_step_backward --------------------------------------------------------------------------

back = Exercise(
    "lstm_step_backward",
    points=5,
    needs=("forget_gate", "input_gate", "candidate", "output_gate", "cell_update"),
)


def upstream(rng, given):
    """Return the gradients by the new hidden state and cell."""
    return tuple(rng.normal(size=given[1].shape).astype(given[1].dtype) for _ in range(2))


@back.check(weight=2)
def all_five_gradients(rng):
    """Sends both gradients back to x, h, c, w and b."""
    given = problem(rng, n=2, d=3, hidden=4)
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


@back.check(hidden=True, dtype=True, needs=all_five_gradients)
def float32_and_layout(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    given = problem(rng, n=2, d=4, hidden=3, dtype=np.float32)
    yield tuple(spread(part) for part in (*given, *upstream(rng, given)))
    given = problem(rng, n=3, d=2, hidden=4)
    yield tuple(np.asfortranarray(part) for part in (*given, *upstream(rng, given)))


back.misconception(
    "future-of-the-cell-ignored",
    replace="dcell = dc + dh",
    by="dcell = dh",
    hint="The next step's cell was made from this one. Where does its gradient enter?",
)
back.misconception(
    "tanh-not-differentiated",
    replace=" * (1 - shown**2)",
    by="",
    hint="h shows the cell through a tanh. What is its slope when the cell is very full?",
)
back.misconception(
    "slope-in-terms-of-the-input",
    replace="(1 - shown**2)",
    by="(1 - cell_update(c, f, i, g) ** 2)",
    hint="1 - y² is the slope of tanh in terms of y. Is y what goes into the tanh or what comes"
    " out?",
).also(replace="(1 - shown**2)", by="(1 - np.tanh(shown) ** 2)")
back.misconception(
    "slope-at-the-old-cell",
    replace="(1 - shown**2)",
    by="(1 - np.tanh(c) ** 2)",
    hint="Which cell does h show: the one before or the one after the update?",
)
back.misconception(
    "output-gate-not-in-the-way",
    replace="dcell = dc + dh * o *",
    by="dcell = dc + dh *",
    hint="When the output gate is shut, can the loss on h reach the cell?",
)
back.misconception(
    "tanh-in-the-way-of-both",
    replace="dcell = dc + dh * o * (1 - shown**2)",
    by="dcell = (dc + dh * o) * (1 - shown**2)",
    hint="The next step got the cell as it is, not as it is shown. What is in the way of its"
    " gradient?",
)
back.misconception(
    "memory-never-fades-on-the-way-back",
    replace="dcell * f, da.T",
    by="dcell, da.T",
    hint="By what was the old cell multiplied on its way into the new one?",
)
back.misconception(
    "gradients-of-h-before-x",
    replace="djoined[:, hidden:], djoined[:, :hidden]",
    by="djoined[:, :hidden], djoined[:, hidden:]",
    hint="In which order does the docstring ask for the gradients?",
)
back.misconception(
    "gradient-of-the-weights-transposed",
    replace="da.T @ joined",
    by="joined.T @ da",
    hint="A gradient has the shape of what it belongs to. Which shape has yours?",
)
back.misconception(
    "cell-gradient-passed-by",
    replace="dcell * f, da.T",
    by="dc * f, da.T",
    hint="The old cell lives on in the new one, and h shows the new one. Does the loss on h reach"
    " the old cell in your code?",
)
back.misconception(
    "forget-gate-times-the-new-cell",
    replace="df = dcell * c *",
    by="df = dcell * cell_update(c, f, i, g) *",
    hint="Which cell did the forget gate multiply: the one before or the one after the update?",
)
back.misconception(
    "slopes-of-the-gates-missing",
    replace=(" * f * (1 - f)", " * i * (1 - i)", " * o * (1 - o)"),
    by=("", "", ""),
    hint="Between the gate and its sum there is a sigmoid. What is its slope at 0.99?",
)
back.misconception(
    "candidate-taken-for-a-sigmoid",
    replace="(1 - g**2)",
    by="g * (1 - g)",
    hint="Which function squashes the candidate, and what is its slope in terms of its output?",
)
back.misconception(
    "slope-of-the-candidate-missing",
    replace=" * (1 - g**2)",
    by="",
    hint="The candidate was squashed as well. Did its gradient pass through that function?",
)
back.misconception(
    "partners-exchanged",
    replace=("di = dcell * g *", "dg = dcell * i *"),
    by=("di = dcell * i *", "dg = dcell * g *"),
    hint="i and the candidate are multiplied. What is the derivative of a product by one factor?",
)
back.misconception(
    "output-gate-fed-from-the-cell",
    replace="do = dh * shown",
    by="do = dcell * shown",
    hint="The output gate acts after the cell. Through which of the two states does it reach the"
    " loss?",
)
back.misconception(
    "output-gate-times-the-bare-cell",
    replace="do = dh * shown",
    by="do = dh * cell_update(c, f, i, g)",
    hint="What exactly did the output gate multiply?",
)
back.misconception(
    "parts-of-the-input-exchanged",
    replace="djoined[:, hidden:], djoined[:, :hidden]",
    by="djoined[:, : x.shape[1]], djoined[:, x.shape[1] :]",
    convention=INPUT_FIRST,
    hint="In the concatenation, which columns were h and which were x?",
)
back.misconception(
    "gradients-in-another-order",
    replace="[df, di, dg, do]",
    by="[di, df, dg, do]",
    convention=PYTORCH,
    hint="Does the order of your four gradients match the order of the rows of w?",
)
back.misconception(
    "averaged-over-the-batch",
    replace="da.T @ joined, da.sum(axis=0)",
    by="da.T @ joined / len(x), da.mean(axis=0)",
    hint="Who divides by the batch size here: the step, or the loss that made dh?",
)

# --- lstm_backward -------------------------------------------------------------------------------

bptt = Exercise("lstm_backward", points=5, needs=("lstm_forward", "lstm_step_backward"))


def with_loss(rng, **sizes):
    """Return a run and the loss's gradient by each hidden state."""
    x, h, c, w, b = problem(rng, **sizes)
    dhs = rng.normal(size=(len(x), *h.shape)).astype(x.dtype)
    return x, h, c, w, b, dhs


@bptt.check(weight=2)
def through_time(rng):
    """Sends the gradients of all hidden states back to x, h0, c0, w and b."""
    yield with_loss(rng, n=2, d=3, hidden=3, steps=4)


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


@bptt.check(hidden=True, dtype=True, needs=through_time)
def float32_and_layout(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    given = with_loss(rng, n=2, d=4, hidden=3, steps=3, dtype=np.float32)
    yield tuple(spread(part) for part in given)
    given = with_loss(rng, n=3, d=2, hidden=4, steps=2)
    yield tuple(np.asfortranarray(part) for part in given)


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


bptt.misconception(
    "cell-gradient-not-carried",
    replace="dx[t], dh, dc, dw_t, db_t =",
    by="dx[t], dh, _, dw_t, db_t =",
    hint="Along which line of the picture does the error travel back unchanged, and does your loop"
    " follow it?",
).also(replace="dhs[t] + dh, dc\n", by="dhs[t] + dh, 0 * dc\n")
bptt.misconception(
    "hidden-gradient-not-carried",
    replace="dhs[t] + dh, dc",
    by="dhs[t], dc",
    hint="h_t was read by the loss, and by whom else?",
).also(replace="dx[t], dh, dc, dw_t, db_t =", by="dx[t], _, dc, dw_t, db_t =")
bptt.misconception(
    "nothing-carried-back",
    replace="dhs[t] + dh, dc\n",
    by="dhs[t], 0 * dc\n",
    hint="The first input has a part in the last state. By which way does it hear of the loss"
    " there?",
)
bptt.misconception(
    "last-step-overwrites",
    replace=("dw += dw_t", "db += db_t"),
    by=("dw = dw_t", "db = db_t"),
    hint="The same weights were used T times. How often do they get the blame in your code?",
)
bptt.misconception(
    "states-after-the-step",
    replace=("np.concatenate([h0[None], hs[:-1]])", "np.concatenate([c0[None], cs[:-1]])"),
    by=("hs", "cs"),
    hint="Step t started from some state. Is that hs[t], or the one before?",
).also(function=_weights_met_the_new_state)
bptt.misconception(
    "cells-after-the-step",
    replace="np.concatenate([c0[None], cs[:-1]])",
    by="cs",
    hint="The forget gate of step t multiplied some cell. Is that cs[t], or the one before?",
)
bptt.misconception(
    "forwards-in-time",
    replace="reversed(range(len(x)))",
    by="range(len(x))",
    hint="Which step's gradient can be known first: the one of the first or of the last state?",
)
bptt.misconception(
    "averaged-over-time",
    replace="return dx, dh, dc, dw, db",
    by="return dx, dh, dc, dw / len(x), db / len(x)",
    hint="Is the gradient of a sum of uses the sum or the mean of their gradients?",
)
bptt.misconception(
    "averaged-over-the-batch",
    replace="return dx, dh, dc, dw, db",
    by="return dx, dh, dc, dw / x.shape[1], db / x.shape[1]",
    hint="Who divides by the batch size here: you, or the loss that made dhs?",
)
bptt.misconception(
    "start-gets-no-gradient",
    replace="return dx, dh, dc, dw, db",
    by="return dx, 0 * dh, 0 * dc, dw, db",
    hint="If h0 came from an encoder, how would the encoder learn from your gradients?",
)
bptt.misconception(
    "only-the-last-loss",
    replace="dhs[t] + dh, dc",
    by="(dhs[t] if t == len(x) - 1 else 0) + dh, dc",
    hint="The loss may read every hidden state. Which entries of dhs does your code use?",
)
bptt.misconception(
    "every-step-starts-from-the-start",
    replace=("np.concatenate([h0[None], hs[:-1]])", "np.concatenate([c0[None], cs[:-1]])"),
    by=("np.stack([h0] * len(x))", "np.stack([c0] * len(x))"),
    hint="Only the first step started from h0 and c0. From what did the others?",
)
bptt.misconception(
    "loss-forgotten-on-the-way",
    replace="dhs[t] + dh, dc",
    by="(dhs[t] if t == len(x) - 1 else 0 * dh) + dh, 0 * dc",
    hint="Two lines of the picture lead back from a step, and the loss enters at each. Which of"
    " these does your loop add?",
)
bptt.misconception(
    "carried-gradient-piles-up",
    replace=("dx[t], dh, dc, dw_t, db_t =", "dw += dw_t"),
    by=("dx[t], earlier, dc, dw_t, db_t =", "dh = dh + earlier\n        dw += dw_t"),
    hint="What step t + 1 hands back belongs to step t. Should step t - 1 get it a second time?",
)

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


@bias.check(hidden=True, exact=True, dtype=True)
def whole_numbers(rng):
    """Returns floats, for a whole number as well."""
    yield 3, 2
    yield Case(hidden=4, value=5)


bias.misconception(
    "all-biases",
    replace="b[:hidden] = value",
    by="b[:] = value",
    hint="A positive bias opens a gate. Which gates should stand open before anything is learned?",
)
bias.misconception(
    "second-block",
    replace="b[:hidden] = value",
    by="b[hidden : 2 * hidden] = value",
    convention=PYTORCH,
    hint="In which order are the four blocks stacked in this chapter?",
)
bias.misconception(
    "another-block",
    replace="b[:hidden] = value",
    by="b[2 * hidden : 3 * hidden] = value",
    hint="In which order are the four blocks stacked in this chapter?",
).also(
    replace="b[:hidden] = value",
    by="b[3 * hidden :] = value",
)
bias.misconception(
    "value-ignored",
    replace="b[:hidden] = value",
    by="b[:hidden] = 1.0",
    hint="What does your function do with its second argument?",
)
bias.misconception(
    "negative-to-forget-less",
    replace="b[:hidden] = value",
    by="b[:hidden] = -value",
    hint="Put a bias of +4 and one of -4 through the sigmoid: which of the two keeps the memory?",
)
bias.misconception(
    "forget-block-only",
    replace="np.zeros(4 * hidden)",
    by="np.zeros(hidden)",
    hint="The other gates have biases too. How long is the stacked vector?",
)
bias.misconception(
    "interleaved",
    replace="b[:hidden] = value",
    by="b[::4] = value",
    hint="Do the four biases of one cell stand side by side, or all forget biases together?",
)

# --- lstm_peephole_step --------------------------------------------------------------------------

peephole = Exercise("lstm_peephole_step", points=3)


def peeping(rng, **sizes):
    """Return a step and its peephole weights."""
    x, h, c, w, b = problem(rng, **sizes)
    return x, h, c, w, b, rng.normal(size=(3, h.shape[1])).astype(x.dtype)


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


@peephole.check(hidden=True, dtype=True, needs=one_step)
def float32_and_layout(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield tuple(spread(part) for part in peeping(rng, n=2, d=4, hidden=3, dtype=np.float32))
    yield tuple(np.asfortranarray(part) for part in peeping(rng, n=3, d=2, hidden=4))


peephole.misconception(
    "output-gate-sees-the-old-cell",
    replace="p[2] * c_new",
    by="p[2] * c",
    hint="When the output gate decides, has the cell been updated already?",
)
peephole.misconception(
    "output-gate-without-a-peephole",
    replace="sigmoid(ao + p[2] * c_new)",
    by="sigmoid(ao)",
    hint="p has three rows. Which gate uses the third?",
)
peephole.misconception(
    "output-gate-sees-the-shown-cell",
    replace="p[2] * c_new",
    by="p[2] * np.tanh(c_new)",
    hint="Does a peephole look at the cell itself, or at what is shown of it?",
)
peephole.misconception(
    "no-peepholes",
    replace=("af + p[0] * c)", "ai + p[1] * c)", "ao + p[2] * c_new)"),
    by=("af)", "ai)", "ao)"),
    hint="Change p. What changes in your step?",
)
peephole.misconception(
    "squashed-cell-handed-on",
    replace="c_new = f * c + i * np.tanh(ag)",
    by="c_new = np.tanh(f * c + i * np.tanh(ag))",
    hint="The tanh is for what is shown. Which cell should the next step start from?",
)
peephole.misconception(
    "old-cell-shown",
    replace="o * np.tanh(c_new), c_new",
    by="o * np.tanh(c), c_new",
    hint="Which cell does the hidden state show: the one before or the one after the update?",
)
peephole.misconception(
    "candidate-last",
    replace="af, ai, ag, ao",
    by="af, ai, ao, ag",
    convention=CS231N,
    hint="The rows of w are stacked f, i, candidate, o. How did you cut them?",
)
peephole.misconception(
    "states-exchanged",
    replace="return o * np.tanh(c_new), c_new",
    by="return c_new, o * np.tanh(c_new)",
    hint="Two arrays of the same shape come back. In which order are they asked for?",
)
peephole.misconception(
    "peeps-at-the-hidden-state",
    replace=("p[0] * c)", "p[1] * c)", "p[2] * c_new)"),
    by=("p[0] * h)", "p[1] * h)", "p[2] * h)"),
    hint="The gates know h already. What is it that they could not see without peepholes?",
)
peephole.misconception(
    "peepholes-exchanged",
    replace="f = sigmoid(af + p[0] * c)\n    i = sigmoid(ai + p[1] * c)",
    by="f = sigmoid(af + p[1] * c)\n    i = sigmoid(ai + p[0] * c)",
    hint="The rows of p stand in the order forget, input, output. Which one does each gate use?",
).also(
    replace=("af + p[0]", "ai + p[1]", "ao + p[2]"),
    by=("af + p[1]", "ai + p[2]", "ao + p[0]"),
).also(
    replace=("af + p[0]", "ao + p[2]"),
    by=("af + p[2]", "ao + p[0]"),
)
peephole.misconception(
    "candidate-peeps-too",
    replace="np.tanh(ag)",
    by="np.tanh(ag + p[1] * c)",
    hint="Peepholes are for gates. Is the candidate one?",
)
peephole.misconception(
    "peephole-after-the-sigmoid",
    replace=("sigmoid(af + p[0] * c)", "sigmoid(ai + p[1] * c)"),
    by=("sigmoid(af) + p[0] * c", "sigmoid(ai) + p[1] * c"),
    hint="Can your gates leave the range from 0 to 1? Where does the peephole join the sum?",
).also(
    replace=("sigmoid(af + p[0] * c)", "sigmoid(ai + p[1] * c)", "sigmoid(ao + p[2] * c_new)"),
    by=("sigmoid(af) + p[0] * c", "sigmoid(ai) + p[1] * c", "sigmoid(ao) + p[2] * c_new"),
)
peephole.misconception(
    "cell-shown-without-tanh",
    replace="o * np.tanh(c_new), c_new",
    by="o * c_new, c_new",
    hint="Is every entry of your h between -1 and 1, even when a cell has counted to 12?",
)
peephole.misconception(
    "pytorch-s-order",
    replace="af, ai, ag, ao",
    by="ai, af, ag, ao",
    convention=PYTORCH,
    hint="The rows of w are stacked f, i, candidate, o. How did you cut them?",
)
peephole.misconception(
    "x-before-h",
    replace="[h, x]",
    by="[x, h]",
    convention=INPUT_FIRST,
    hint="Each row of w has H + D entries. Which part of the concatenation meets its first H?",
)

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


@coupled.check(hidden=True, dtype=True, needs=one_step)
def float32_and_layout(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    given = problem(rng, n=2, d=4, hidden=3, blocks=3, dtype=np.float32)
    yield tuple(spread(part) for part in given)
    given = problem(rng, n=3, d=2, hidden=4, blocks=3)
    yield tuple(np.asfortranarray(part) for part in given)


coupled.misconception(
    "one-gate-for-both",
    replace="(1 - f) * np.tanh(ag)",
    by="f * np.tanh(ag)",
    hint="When all of the old is kept, how much room is there for the new?",
)
coupled.misconception(
    "gate-counts-the-new",
    replace="f * c + (1 - f) * np.tanh(ag)",
    by="(1 - f) * c + f * np.tanh(ag)",
    convention="the GRU's update gate z, which counts what is new: f here is its complement",
    hint="A forget gate of 1: is the old content kept or replaced?",
)
coupled.misconception(
    "everything-is-written",
    replace="(1 - f) * np.tanh(ag)",
    by="np.tanh(ag)",
    hint="Your cell keeps a share of the old. Which share of the new makes that an average?",
)
coupled.misconception(
    "sigmoid-for-the-content",
    replace="(1 - f) * np.tanh(ag)",
    by="(1 - f) * sigmoid(ag)",
    hint="If the content is never negative, how could a cell ever count down?",
)
coupled.misconception(
    "squashed-cell-handed-on",
    replace="c_new = f * c + (1 - f) * np.tanh(ag)",
    by="c_new = np.tanh(f * c + (1 - f) * np.tanh(ag))",
    hint="The tanh is for what is shown. Which cell should the next step start from?",
)
coupled.misconception(
    "states-exchanged",
    replace="return sigmoid(ao) * np.tanh(c_new), c_new",
    by="return c_new, sigmoid(ao) * np.tanh(c_new)",
    hint="Two arrays of the same shape come back. In which order are they asked for?",
)
coupled.misconception(
    "never-forgets",
    replace="f * c + (1 - f)",
    by="c + (1 - f)",
    hint="What makes room in your cell when its content is out of date?",
)
coupled.misconception(
    "gate-first-row-is-the-candidate-s",
    replace="af, ag, ao = np",
    by="ag, af, ao = np",
    hint="The rows are stacked f, candidate, o. How did you cut them?",
)
coupled.misconception(
    "candidate-last",
    replace="af, ag, ao = np",
    by="af, ao, ag = np",
    hint="The rows are stacked f, candidate, o. How did you cut them?",
)
coupled.misconception(
    "cell-shown-without-tanh",
    replace="* np.tanh(c_new), c_new",
    by="* c_new, c_new",
    hint="Is every entry of your h between -1 and 1, even when a cell starts at 12?",
)
coupled.misconception(
    "old-cell-shown",
    replace="* np.tanh(c_new), c_new",
    by="* np.tanh(c), c_new",
    hint="Which cell does the hidden state show: the one before or the one after the update?",
)
coupled.misconception(
    "x-before-h",
    replace="[h, x]",
    by="[x, h]",
    convention=INPUT_FIRST,
    hint="Each row of w has H + D entries. Which part of the concatenation meets its first H?",
)

# --- gru_step ------------------------------------------------------------------------------------

gru = Exercise("gru_step", points=3)


def gru_by_hand():
    """Return the chapter's example: x, h, w, b."""
    rows = np.array([[2.0, -1.0], [-2.0, 1.0], [1.0, 0.5]])
    return np.array([[1.0]]), np.array([[0.5]]), rows, np.zeros(3)


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


@gru.check(hidden=True, dtype=True, needs=one_step)
def float32_and_layout(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    given = without_cell(problem(rng, n=2, d=4, hidden=3, blocks=3, dtype=np.float32))
    yield tuple(spread(part) for part in given)
    given = without_cell(problem(rng, n=3, d=2, hidden=4, blocks=3))
    yield tuple(np.asfortranarray(part) for part in given)


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


gru.misconception(
    "z-counts-the-old",
    replace="(1 - z) * h + z * g",
    by="z * h + (1 - z) * g",
    convention="the z of Cho et al. 2014, PyTorch and Keras, the share that is kept: the one asked"
    " for is its complement",
    hint="With z = 1, should the state be the old one or the candidate?",
)
gru.misconception(
    "reset-after-the-product",
    function=_reset_after_the_product,
    convention="the GRU of cuDNN, PyTorch and Keras (reset_after=True): r times the product W h",
    hint="Does your r act on h before it meets the matrix, or on what comes out of it?",
)
gru.misconception(
    "pytorch-s-gru",
    function=_pytorch_s_gru,
    convention="PyTorch's GRU: rows r, z, n, reset after the product, z the share that is kept",
    hint="Three conventions of this chapter differ from PyTorch's. Which are they?",
)
gru.misconception(
    "keras-s-gru",
    function=_keras_s_gru,
    convention="Keras's GRU: rows z, r, candidate as here, but reset after the product and z the"
    " share that is kept",
    hint="Two conventions of this chapter differ from Keras's. Which are they?",
)
gru.misconception(
    "reset-row-first",
    replace=("z = sigmoid(joined @ w[:hidden]", "r = sigmoid(joined @ w[hidden"),
    by=("r = sigmoid(joined @ w[:hidden]", "z = sigmoid(joined @ w[hidden"),
    convention="PyTorch's order of rows: r, z, n",
    hint="The rows are stacked z, r, candidate. Whose rows did you give to which gate?",
)
gru.misconception(
    "reset-gate-unused",
    replace="[r * h, x]",
    by="[h, x]",
    hint="What in your step allows the candidate to ignore the past?",
)
gru.misconception(
    "reset-in-the-average",
    replace="(1 - z) * h",
    by="(1 - z) * r * h",
    hint="The reset gate is about what the candidate sees. Should it also touch what is kept?",
)
gru.misconception(
    "sigmoid-for-the-content",
    replace="g = np.tanh(",
    by="g = sigmoid(",
    hint="If the candidate is never negative, can the state ever become so?",
)
gru.misconception(
    "not-an-average",
    replace="(1 - z) * h + z * g",
    by="h + z * g",
    hint="If nothing old ever leaves, what happens to your state after a thousand steps?",
)
gru.misconception(
    "candidate-replaces-the-state",
    replace="(1 - z) * h + z * g",
    by="z * g",
    hint="If z is shut, where does the memory of the previous step remain?",
)
gru.misconception(
    "reset-means-keep",
    replace="[r * h, x]",
    by="[(1 - r) * h, x]",
    hint="A reset gate of 1: does the candidate see the past or not?",
)
gru.misconception(
    "input-reset-too",
    replace="np.tanh(np.concatenate([r * h, x], axis=1) @ wg.T + bg)",
    by="np.tanh(r * (joined @ wg.T + bg))",
    hint="The reset gate is about the past. Does yours also silence the input?",
)
gru.misconception(
    "candidate-row-first",
    replace=("w[2 * hidden :], b[2 * hidden :]", "w[:hidden].T + b[:hidden]"),
    by=("w[:hidden], b[:hidden]", "w[2 * hidden :].T + b[2 * hidden :]"),
    hint="The rows are stacked z, r, candidate. Whose rows did you give to which?",
)
gru.misconception(
    "x-before-h",
    replace=("[h, x]", "[r * h, x]"),
    by=("[x, h]", "[x, r * h]"),
    convention=INPUT_FIRST,
    hint="Each row of w has H + D entries. Which part of the concatenation meets its first H?",
)

# --- gru_backward --------------------------------------------------------------------------------

gru_back = Exercise("gru_backward", points=5)


def gru_loss(rng, **sizes):
    """Return a GRU step and the gradient by its new state."""
    x, h, w, b = without_cell(problem(rng, blocks=3, **sizes))
    return x, h, w, b, rng.normal(size=h.shape).astype(x.dtype)


@gru_back.check(weight=2)
def all_four_gradients(rng):
    """Sends the gradient back to x, h, w and b."""
    yield gru_loss(rng, n=2, d=3, hidden=4)
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


@gru_back.check(hidden=True, dtype=True, needs=all_four_gradients)
def float32_and_layout(rng):
    """Keeps float32, and takes arrays of any memory layout."""
    yield tuple(spread(part) for part in gru_loss(rng, n=2, d=4, hidden=3, dtype=np.float32))
    yield tuple(np.asfortranarray(part) for part in gru_loss(rng, n=3, d=2, hidden=4))


gru_back.misconception(
    "direct-path-dropped",
    replace="dh * (1 - z) + dreset",
    by="dreset",
    hint="With z near 0 the state is simply kept. What should its gradient be then?",
)
gru_back.misconception(
    "way-through-the-gates-dropped",
    replace=" * r + djoined[:, :hidden]",
    by=" * r",
    hint="Both gates read h. Does the gradient with respect to h know that?",
)
gru_back.misconception(
    "candidate-s-view-taken-for-h",
    replace="dreset[:, :hidden] * r +",
    by="dreset[:, :hidden] +",
    hint="The candidate saw r times h, not h. What does the chain rule add?",
)
gru_back.misconception(
    "reset-gate-gets-no-gradient",
    replace="dar = dreset[:, :hidden] * h",
    by="dar = 0 * dreset[:, :hidden] * h",
    hint="Through which product does the reset gate reach the loss?",
)
gru_back.misconception(
    "candidate-s-weights-see-h",
    replace="dag.T @ reset",
    by="dag.T @ joined",
    hint="A weight's gradient is the slope times what the weight was multiplied by. What did the"
    " candidate's weights meet?",
)
gru_back.misconception(
    "sign-of-the-update-gate",
    replace="(g - h)",
    by="(h - g)",
    hint="When z grows, the state moves from h towards the candidate. Which difference is that?",
)
gru_back.misconception(
    "z-counts-the-old",
    replace=("dag = dh * z *", "(g - h)", "dh * (1 - z) + dreset"),
    by=("dag = dh * (1 - z) *", "(h - g)", "dh * z + dreset"),
    convention="the z of Cho et al. 2014, PyTorch and Keras, the share that is kept",
    hint="With z = 1, should the state be the old one or the candidate?",
)
gru_back.misconception(
    "input-reaches-the-candidate-only",
    replace="dreset[:, hidden:] + djoined[:, hidden:]",
    by="dreset[:, hidden:]",
    hint="How many of the three blocks of rows read x?",
)
gru_back.misconception(
    "input-reaches-the-gates-only",
    replace="dreset[:, hidden:] + djoined[:, hidden:]",
    by="djoined[:, hidden:]",
    hint="How many of the three blocks of rows read x?",
)
gru_back.misconception(
    "reset-order-of-the-rows",
    replace=(
        "np.concatenate([dgates.T @ joined, dag.T @ reset])",
        "np.concatenate([dgates, dag], axis=1)",
    ),
    by=(
        "np.concatenate([dar.T @ joined, daz.T @ joined, dag.T @ reset])",
        "np.concatenate([dar, daz, dag], axis=1)",
    ),
    convention="PyTorch's order of rows: r, z, n",
    hint="Does the order of your gradients match the order of the rows of w?",
)
gru_back.misconception(
    "gradients-of-h-before-x",
    replace="return dx, dh_old, dw",
    by="return dh_old, dx, dw",
    hint="In which order does the docstring ask for the gradients?",
)
gru_back.misconception(
    "slope-of-the-candidate-missing",
    replace=" * (1 - g**2)",
    by="",
    hint="The candidate was squashed. Did its gradient pass through that function?",
)
gru_back.misconception(
    "slopes-of-the-gates-missing",
    replace=(" * z * (1 - z)", " * r * (1 - r)"),
    by=("", ""),
    hint="Between a gate and its sum there is a sigmoid. What is its slope at 0.99?",
).also(replace=" * z * (1 - z)", by="").also(replace=" * r * (1 - r)", by="")
gru_back.misconception(
    "averaged-over-the-batch",
    replace=("np.concatenate([dgates.T @ joined, dag.T @ reset])", ".sum(axis=0)"),
    by=("np.concatenate([dgates.T @ joined, dag.T @ reset]) / len(x)", ".mean(axis=0)"),
    hint="Who divides by the batch size here: the step, or the loss that made dh?",
)


# --- questions, graded by a person ----------------------------------------------------------------

can_it_still_explode = Question(
    "can_it_still_explode",
    points=3,
    guide="""
    Full answer, a point for each part. Other ways: C_{t-1} gives h_{t-1} = o tanh(C_{t-1}), and
    h_{t-1} goes through all four gates into C_t: with the matrix W and slopes, as in a plain net.
    Vanishing: the direct path keeps the gradient only while f is near 1; with f = 0.5 it is gone
    in ten steps as before. The cell *can* keep it, and learns when to; it does not have to.
    Exploding: f is at most 1, so the direct path cannot grow, but the products of W through the
    gates can; hence gradients of LSTMs are still clipped. Half: only the direct path, or "it
    solves vanishing and exploding".
    """,
)

why_not_twenty = Question(
    "why_not_twenty",
    points=2,
    guide="""
    Full answer: f = 1 to nine digits, so the cell only adds up; old and new lie on top of each
    other, |C| grows, tanh(C) saturates and shows little and passes little gradient (1 point). The
    slope f (1 - f) of the gate is 2e-9: it can never learn to close, the choice is frozen; and
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
