"""How backpropagation is judged."""

import numpy as np

from autograder.observe import function
from autograder.spec import Case, Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


def strided(rng, *shape):
    """Return an array whose rows do not lie side by side in memory."""
    return rng.normal(size=(*shape[:-1], 2 * shape[-1]))[..., ::2]


def single(*arrays):
    return tuple(np.asarray(array, dtype=np.float32) for array in arrays)


def network(rng, *sizes):
    """Return layers of these sizes, with weights of the usual scale and biases that matter."""
    layers = []
    for k in range(len(sizes) - 1):
        scale = sizes[k] ** -0.5
        layers.append((scale * normal(rng, sizes[k + 1], sizes[k]), normal(rng, sizes[k + 1])))
    return layers


# --- graph_depth ----------------------------------------------------------------------------------

depth = Exercise("graph_depth", points=2)
SIGMA = [("w", "mul"), ("x", "mul"), ("mul", "add"), ("b", "add"), ("add", "sigma")]


@depth.check(exact=True)
def one_neuron(rng):
    """Finds the longest path of one neuron's graph, its arrows given in any order."""
    yield SIGMA
    yield [SIGMA[k] for k in rng.permutation(5)]


@depth.check(exact=True)
def smallest_graphs(rng):
    """Counts edges: one arrow makes a path of 1, no arrow one of 0."""
    yield []
    yield [("x", "y")]
    yield [(int(rng.integers(5, 9)), 3), (1, 2)]


@depth.check(weight=2, exact=True)
def many_paths(rng):
    """Prefers a long detour to a short cut, and does not count arrows that fork."""
    yield [(0, 5), (0, 1), (1, 2), (2, 5), (5, 6), (0, 6)]
    yield [("x", name) for name in "abcde"] + [("a", "y"), ("y", "loss")]
    yield [("a", "b"), ("b", "c"), ("c", "d"), ("p", "q"), ("q", "d"), ("p", "d")]


def _random_graph(rng, n, share):
    names = rng.permutation(n)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if rng.uniform() < share]
    return [(int(names[i]), int(names[j])) for i, j in pairs]


@depth.check(weight=2, hidden=True, exact=True)
def larger_graphs(rng):
    """Works on graphs of any shape, numbered in any order."""
    for n, share in ((8, 0.3), (9, 0.5), (12, 0.2)):
        yield _random_graph(rng, n, share)


@depth.check(hidden=True, exact=True)
def arrows_twice(rng):
    """A value used twice in one place (x times x) does not make the path longer."""
    yield [("x", "mul"), ("x", "mul"), ("mul", "y")]
    yield [("b", "c"), ("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("c", "d")]


def _shortest(edges):
    targets = {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)
    starts = set(targets) - {target for _, target in edges}

    def walk(node):
        return min((1 + walk(target) for target in targets.get(node, [])), default=0)

    return max((walk(node) for node in starts), default=0)


def _levels(edges):
    level = {}
    for source, target in edges:
        level[target] = max(level.get(target, 0), level.get(source, 0) + 1)
    return max(level.values(), default=0)


depth.misconception(
    "nodes-counted",
    replace=("default=0)\n\n", "return max((longest"),
    by=("default=1)\n\n", "return max((longest"),
    convention="the length of a path as its number of nodes",
    hint="""How long is the path x → y: does it have one edge or two nodes? Which of them does
    the docstring count?""",
)


def _first_visit(edges):
    targets, ends = {}, {target for _, target in edges}
    for source, target in edges:
        targets.setdefault(source, []).append(target)
    level = {source: 0 for source, _ in edges if source not in ends}
    queue = list(level)
    for node in queue:
        for target in targets.get(node, []):
            if target not in level:
                level[target] = level[node] + 1
                queue.append(target)
    return max(level.values(), default=0)


depth.misconception(
    "shortest-path",
    function=_shortest,
    hint="""Two paths lead to the same node, a short and a long one. For which one must a
    computer wait?""",
).also(function=_first_visit)
depth.misconception(
    "arrows-trusted-in-order",
    function=_levels,
    hint="""An arrow may be listed before the arrow that leads to its start. Is the depth of
    the start known when you use it?""",
)
depth.misconception(
    "arrows-counted",
    replace="return max((longest(node) for node in targets), default=0)",
    by="return len(edges)",
    hint="""Are all the arrows on one path? Those that can be computed side by side do not add
    up.""",
)
depth.misconception(
    "nodes-less-one",
    replace="return max((longest(node) for node in targets), default=0)",
    by="return max(len({node for edge in edges for node in edge}) - 1, 0)",
    hint="""Do all nodes lie on one path? Two that do not wait for each other can be computed
    at the same time.""",
)
depth.misconception(
    "first-branch-only",
    replace="for target in targets.get(node, [])",
    by="for target in targets.get(node, [])[:1]",
    hint="""A value may be used in several places. Which of them do you follow?""",
)

# --- parameter_count ------------------------------------------------------------------------------

count = Exercise("parameter_count", points=1)


@count.check(weight=2, exact=True)
def known_networks(rng):
    """Counts the classic 784-300-100-10 network, and one hidden layer."""
    yield ([784, 300, 100, 10],)
    yield ([int(rng.integers(3, 9)), 7, 2],)


@count.check(exact=True)
def small_networks(rng):
    """Counts one layer of weights, and none at all."""
    yield ([5, 3],)
    yield ([4],)


@count.check(hidden=True, exact=True)
def any_network(rng):
    """Counts networks of any depth and width."""
    for layers in (3, 4, 6):
        yield ([int(size) for size in rng.integers(1, 60, size=layers)],)


count.misconception(
    "biases-forgotten",
    replace="(sizes[k] + 1) * sizes[k + 1]",
    by="sizes[k] * sizes[k + 1]",
    hint="""Has a unit anything to learn besides its weights?""",
)
count.misconception(
    "bias-for-each-input",
    replace="(sizes[k] + 1) * sizes[k + 1]",
    by="sizes[k] * (sizes[k + 1] + 1)",
    hint="""Who has a bias: the units that send or the units that receive?""",
)
count.misconception(
    "inputs-have-biases",
    replace="return sum(",
    by="return sizes[0] + sum(",
    hint="""Do the inputs compute anything? Then what would their bias be added to?""",
).also(
    replace="return sum(",
    by="return (sizes[0] if len(sizes) > 1 else 0) + sum(",
)
count.misconception(
    "one-bias-per-layer",
    replace="(sizes[k] + 1) * sizes[k + 1]",
    by="sizes[k] * sizes[k + 1] + 1",
    hint="""Do all units of a layer share one bias, or has each its own?""",
)

# --- dense_forward --------------------------------------------------------------------------------

forward = Exercise("dense_forward", points=1)


@forward.check(weight=2)
def a_batch(rng):
    """Computes all outputs of a batch, each with its bias."""
    yield normal(rng, 5, 4), normal(rng, 3, 4), normal(rng, 3)
    yield normal(rng, 2, 3), normal(rng, 6, 3), normal(rng, 6)


@forward.check()
def a_single_sample(rng):
    """Works on a batch of one and on a single output; square weights are not transposed."""
    yield normal(rng, 1, 4), normal(rng, 2, 4), normal(rng, 2)
    yield normal(rng, 3, 2), normal(rng, 1, 2), normal(rng, 1)
    yield normal(rng, 4, 4), normal(rng, 4, 4), normal(rng, 4)


@forward.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 and answers in float32."""
    yield single(normal(rng, 3, 5), normal(rng, 2, 5), normal(rng, 2))


@forward.check(hidden=True)
def any_layout(rng):
    """Works on arrays that do not lie side by side in memory."""
    yield strided(rng, 4, 3), normal(rng, 3, 5).T, strided(rng, 5)
    yield normal(rng, 7, 6).T, strided(rng, 3, 7), normal(rng, 3)


forward.misconception(
    "bias-subtracted",
    replace="+ b",
    by="- b",
    convention="thresholds, which are subtracted (as in the textbook's single-sample algorithm)",
    hint="""Is b a bias, which helps the unit, or a threshold, which it must overcome?""",
)
forward.misconception(
    "bias-forgotten",
    replace=" + b",
    by="",
    hint="""What does a unit answer if all its inputs are zero?""",
)
forward.misconception(
    "weights-not-transposed",
    replace="x @ w.T",
    by="x @ w",
    convention="weights of shape (inputs, outputs), as in TensorFlow",
    hint="""A row of w belongs to one output. Which axis of w must meet the inputs of x?""",
)
forward.misconception(
    "reshaped-for-transposed",
    replace="x @ w.T",
    by="x @ w.reshape(w.shape[::-1])",
    hint="""The shapes fit. Print a small w, say with the entries 0 to 5: what does a reshape do to
    its rows, and what does a transpose do?""",
)

# --- dense_backward -------------------------------------------------------------------------------

backward = Exercise("dense_backward", points=3)


@backward.check(weight=3)
def a_batch(rng):
    """Finds the three slopes for a batch, those of weights and biases summed over it."""
    yield normal(rng, 5, 3), normal(rng, 5, 4), normal(rng, 3, 4)
    yield normal(rng, 4, 2), normal(rng, 4, 6), normal(rng, 2, 6)


@backward.check()
def a_single_sample(rng):
    """Works on a batch of one; square weights are not transposed."""
    yield normal(rng, 1, 3), normal(rng, 1, 2), normal(rng, 3, 2)
    yield normal(rng, 4, 4), normal(rng, 4, 4), normal(rng, 4, 4)


@backward.check(observe="linear", needs=a_batch, atol=1e-10, rtol=0.0)
def linear_in_dy(rng):
    """Answers in proportion: the slopes of a sum of losses are the sums of the slopes."""
    a, b = (float(value) for value in rng.uniform(0.5, 2, 2))
    yield normal(rng, 3, 2), normal(rng, 3, 2), a, b, normal(rng, 3, 4), normal(rng, 2, 4)


@backward.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 and answers in float32."""
    yield single(normal(rng, 6, 2), normal(rng, 6, 5), normal(rng, 2, 5))


@backward.check(hidden=True)
def any_layout(rng):
    """Works on arrays that do not lie side by side in memory."""
    yield strided(rng, 4, 3), normal(rng, 5, 4).T, strided(rng, 3, 5)
    yield normal(rng, 3, 7).T, strided(rng, 7, 2), normal(rng, 2, 3).T


backward.misconception(
    "bias-slope-of-one-sample",
    replace="dy.sum(axis=0)",
    by="dy[0]",
    hint="""The bias touches every sample of the batch. How many of them blame it in your
    slope?""",
)
backward.misconception(
    "bias-slope-not-summed",
    replace="dy.sum(axis=0)",
    by="dy",
    hint="""The slope of something has the shape of that something. Which shape has b, and
    which your db?""",
)
backward.misconception(
    "bias-slope-one-number",
    replace="dy.sum(axis=0)",
    by="dy.sum()",
    hint="""How many biases has the layer, and how many slopes do you return for them? Over
    which axis do you sum?""",
)
backward.misconception(
    "mean-over-the-batch",
    replace=("dw = dy.T @ x", "dy.sum(axis=0)"),
    by=("dw = dy.T @ x / len(x)", "dy.mean(axis=0)"),
    hint="""If the loss is a mean, its 1/N is already in dy. How often is it in your slopes?""",
)
backward.misconception(
    "bias-slope-averaged",
    replace="dy.sum(axis=0)",
    by="dy.mean(axis=0)",
    hint="""Do the samples' complaints about the bias add up, or are they averaged? Compare
    with what you do for the weights.""",
)
backward.misconception(
    "dw-transposed",
    replace="dy.T @ x",
    by="x.T @ dy",
    convention="the slope of weights of shape (inputs, outputs)",
    hint="""The slope of w has the shape of w. Which shape has yours?""",
)
backward.misconception(
    "dx-through-the-transpose",
    replace="dy @ w",
    by="dy @ w.T",
    hint="""Forward, w was transposed. Is it, on the way back? Which of its axes must meet the
    outputs in dy?""",
)
backward.misconception(
    "slopes-in-another-order",
    replace="return dx, dw, db",
    by="return dw, db, dx",
    hint="""In which order are the three slopes to be returned?""",
)

# --- mse_loss -------------------------------------------------------------------------------------

mse = Exercise("mse_loss", points=1)


@mse.check(weight=2)
def loss_and_slope(rng):
    """Returns half the sum of the squared errors, and the errors as its slope."""
    yield normal(rng, 4, 3), normal(rng, 4, 3)
    yield normal(rng, 2, 5), normal(rng, 2, 5)


@mse.check(exact=True)
def whole_numbers(rng):
    """Works on one sample with one output; a perfect prediction costs nothing."""
    yield np.array([[2.0, 0.0]]), np.array([[1.0, 3.0]])
    yield np.array([[float(rng.integers(5, 9))]]), np.array([[3.0]])
    perfect = normal(rng, 3, 2)
    yield perfect, perfect.copy()


@mse.check(hidden=True, dtype=True, observe="item")
def slope_keeps_float32(rng):
    """Takes float32 and returns the slope in float32."""
    yield 1, *single(normal(rng, 3, 4), normal(rng, 3, 4))


@mse.check(hidden=True)
def any_layout(rng):
    """Works on arrays that do not lie side by side in memory."""
    yield strided(rng, 6, 2), normal(rng, 2, 6).T


mse.misconception(
    "mean-instead-of-sum",
    replace=("np.sum(gap**2), gap",),
    by=("np.sum(gap**2) / len(gap), gap / len(gap)",),
    convention="the mean over the batch",
    hint="""Twice the data, all copied: does your loss double? Here it is a sum.""",
)
mse.misconception(
    "mean-of-all",
    replace="0.5 * np.sum(gap**2), gap",
    by="np.mean(gap**2), 2 * gap / gap.size",
    convention="the mean squared error as PyTorch and scikit-learn have it",
    hint="""What is the sum multiplied with here: one half, or one over the number of entries?""",
)
mse.misconception(
    "half-forgotten",
    replace="0.5 * np.sum(gap**2), gap",
    by="np.sum(gap**2), 2 * gap",
    convention="the sum of squared errors without the ½",
    hint="""The ½ stands in the loss so that the slope has no 2. Where is it?""",
)
mse.misconception(
    "loss-and-slope-disagree",
    replace="0.5 * np.sum(gap**2), gap",
    by="0.5 * np.sum(gap**2), 2 * gap",
    hint="""Check your slope by brute force: is it that of your loss? Where has the ½ gone?""",
)
mse.misconception(
    "slope-points-down",
    replace="gap**2), gap",
    by="gap**2), -gap",
    hint="""If the prediction is too high, does the loss grow or fall when it becomes still
    higher? A slope tells that.""",
)

# --- negative_log_likelihood ----------------------------------------------------------------------

likelihood = Exercise("negative_log_likelihood", points=2)


def beliefs(rng, n, k):
    return rng.dirichlet(np.full(k, 2.0), size=n)


@likelihood.check(weight=2)
def a_batch(rng):
    """Adds up what each sample's true class costs."""
    yield beliefs(rng, 5, 3), rng.permutation([0, 1, 2, 2, 1])
    yield beliefs(rng, 3, 6), rng.permutation([5, 0, 3])


@likelihood.check()
def a_single_sample(rng):
    """Works on one sample; a model that was sure and right pays nothing."""
    yield beliefs(rng, 1, 4), np.array([2])
    yield np.array([[0.0, 1.0], [0.5, 0.5]]), np.array([1, 0])


@likelihood.check(exact=True)
def sure_and_wrong(rng):
    """Gives infinity for a true class of probability zero."""
    yield np.array([[0.0, 1.0], [0.5, 0.5]]), np.array([0, 0])


@likelihood.check()
def many_samples(rng):
    """Does not underflow where the product of the probabilities would."""
    yield 0.02 + 0.01 * beliefs(rng, 300, 3), rng.integers(0, 3, size=300)


@likelihood.check(hidden=True)
def other_inputs(rng):
    """Takes float32 and any layout."""
    yield single(beliefs(rng, 4, 5))[0], np.array([4, 1, 0, 3])
    yield np.asfortranarray(beliefs(rng, 6, 2)), np.array([1, 0, 0, 1, 1, 0], dtype=np.int32)


likelihood.misconception(
    "mean-instead-of-sum",
    replace="np.sum",
    by="np.mean",
    convention="the mean per sample, as PyTorch's nll_loss reduces by default",
    hint="""The likelihood of the data set is a product over samples. What does the logarithm
    make of a product?""",
)
likelihood.misconception(
    "minus-forgotten",
    replace="return -np.sum",
    by="return np.sum",
    hint="""Can your result be positive? A better model should have a smaller one.""",
)
likelihood.misconception(
    "base-two",
    replace="np.log(",
    by="np.log2(",
    convention="bits: the logarithm to base 2",
    hint="""What does a probability of one half cost: 0.693 or 1? Which logarithm is asked?""",
)
likelihood.misconception(
    "all-classes-counted",
    replace="probabilities[np.arange(len(labels)), labels]",
    by="probabilities",
    hint="""Only what happened counts. Which entry of each row is that?""",
)
likelihood.misconception(
    "wrong-classes-counted-too",
    replace="probabilities[np.arange(len(labels)), labels]",
    by="np.abs(probabilities - 1 + np.eye(probabilities.shape[1])[labels])",
    hint="""A sample falls into exactly one class. How probable was what happened: is that one
    number of the row, or a product of all of them?""",
    convention="the sum of binary cross-entropies, as for several labels that exclude nothing",
)
likelihood.misconception(
    "every-label-for-every-sample",
    replace="probabilities[np.arange(len(labels)), labels]",
    by="probabilities[:, labels]",
    hint="""How many numbers does your indexing pick, N or N times N?""",
)
likelihood.misconception(
    "likelihood-itself",
    replace="-np.sum(np.log(probabilities[np.arange(len(labels)), labels]))",
    by="-np.log(np.prod(probabilities[np.arange(len(labels)), labels]))",
    hint="""On few samples you are right. What is 0.02 to the power of 300 in a computer?""",
)
_PICKED = "probabilities[np.arange(len(labels)), labels]"

saved = likelihood.misconception(
    "saved-from-infinity",
    replace=_PICKED,
    by=f"({_PICKED} + 1e-12)",
    hint="""What should a model pay that was sure and wrong? A small number added to be safe
    changes the answer.""",
).also(replace=_PICKED, by=f"np.maximum({_PICKED}, 1e-15)")
for tiny in ("1e-7", "1e-8", "1e-10"):
    saved.also(replace=_PICKED, by=f"({_PICKED} + {tiny})")
    saved.also(replace=_PICKED, by=f"np.maximum({_PICKED}, {tiny})")
saved.also(replace=_PICKED, by=f"np.maximum({_PICKED}, 1e-12)")

# --- cross_entropy --------------------------------------------------------------------------------

entropy = Exercise("cross_entropy", points=3)


@entropy.check(weight=2)
def loss_and_slope(rng):
    """Returns the mean loss and the slope, belief minus truth, over N."""
    yield normal(rng, 5, 3), rng.permutation([0, 1, 2, 2, 0])
    yield 3 * normal(rng, 4, 6), rng.permutation([5, 2, 0, 3])


@entropy.check()
def a_single_sample(rng):
    """Works on a batch of one, and on logits that are all equal."""
    yield normal(rng, 1, 4), np.array([2])
    yield np.zeros((2, 5)), np.array([1, 4])


@entropy.check(weight=2)
def large_logits(rng):
    """Stays finite for logits of size 1000, right or wrong."""
    yield 1000 * normal(rng, 4, 3), np.array([0, 1, 2, 1])
    yield normal(rng, 2, 4) + np.array([[1000.0], [-1000.0]]), np.array([3, 0])


@entropy.check(hidden=True)
def fresh_batches(rng):
    """Works for other batches, also in float32 and in any layout."""
    yield normal(rng, 3, 7).T, rng.integers(0, 3, size=7)
    yield strided(rng, 4, 3), rng.integers(0, 3, size=4).astype(np.int32)
    yield single(normal(rng, 6, 4))[0], rng.integers(0, 4, size=6)


@entropy.check(hidden=True, dtype=True, observe="item")
def slope_keeps_float32(rng):
    """Takes float32 logits and returns the slope in float32."""
    yield 1, single(normal(rng, 3, 4))[0], np.array([3, 0, 1])


def _softmax(z, axis=1):
    p = np.exp(z - z.max(axis=axis, keepdims=True))
    return p / p.sum(axis=axis, keepdims=True)


def _scored(log_p, p, labels, n):
    """Put the parts of a cross-entropy together."""
    rows = np.arange(len(labels))
    slope = p.copy()
    slope[rows, labels] -= 1
    return -log_p[rows, labels].sum() / n, slope / n


def _softmax_twice(logits, labels):
    p = _softmax(_softmax(logits))
    return _scored(np.log(p), p, labels, len(labels))


def _over_the_batch(logits, labels):
    p = _softmax(logits, axis=0)
    return _scored(np.log(p), p, labels, len(labels))


def _unstable(logits, labels):
    p = np.exp(logits)
    p = p / p.sum(axis=1, keepdims=True)
    return _scored(np.log(p), p, labels, len(labels))


def _largest_of_all(logits, labels):
    e = np.exp(logits - logits.max())
    p = e / e.sum(axis=1, keepdims=True)
    return _scored(np.log(p), p, labels, len(labels))


def _late_logarithm(logits, labels):
    p = _softmax(logits)
    return _scored(np.log(p), p, labels, len(labels))


_LOG_P = """    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    slope = np.exp(log_p)
"""
_LOG_SAVED = """    slope = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    log_p = np.log({})
"""


entropy.misconception(
    "overflow",
    function=_unstable,
    hint="""What is exp(1000)? The softmax does not change if all logits of a row move
    together: by how much would you move them?""",
)
entropy.misconception(
    "largest-of-the-whole-batch",
    function=_largest_of_all,
    hint="""One sample has logits near +1000, another near −1000. Which number do you subtract
    from the second one's, and what is left of its exponentials?""",
)
entropy.misconception(
    "logarithm-too-late",
    function=_late_logarithm,
    hint="""A probability may round to zero. Can you have its logarithm without going through
    the probability?""",
)
saved = entropy.misconception(
    "saved-from-infinity",
    replace=_LOG_P,
    by=_LOG_SAVED.format("slope + 1e-12"),
    hint="""A small number inside the logarithm hides the infinity, but what does a class with
    logit −2000 cost then, and what should it? Take the logarithm before dividing.""",
).also(replace=_LOG_P, by=_LOG_SAVED.format("np.maximum(slope, 1e-15)"))
for tiny in ("1e-7", "1e-8", "1e-10"):
    saved.also(replace=_LOG_P, by=_LOG_SAVED.format(f"slope + {tiny}"))
    saved.also(replace=_LOG_P, by=_LOG_SAVED.format(f"np.maximum(slope, {tiny})"))
entropy.misconception(
    "sum-instead-of-mean",
    replace=(".mean(), slope / len(labels)",),
    by=(".sum(), slope",),
    convention="the sum over the batch",
    hint="""With a batch twice as large, is your loss twice as large? Here it is a mean.""",
)
entropy.misconception(
    "slope-without-the-mean",
    replace="slope / len(labels)",
    by="slope",
    hint="""Your loss is a mean. Is your slope that of the mean? Check it by brute force.""",
)
entropy.misconception(
    "mean-taken-twice",
    replace="slope / len(labels)",
    by="slope / len(labels) ** 2",
    hint="""How often is your slope divided by the size of the batch?""",
)
entropy.misconception(
    "mean-over-all-entries",
    replace="slope / len(labels)",
    by="slope / slope.size",
    hint="""The mean is over the samples. By what do you divide?""",
)
entropy.misconception(
    "softmax-applied-twice",
    function=_softmax_twice,
    hint="""Are the logits probabilities already? How many softmaxes lie between them and the
    loss in your function?""",
)
entropy.misconception(
    "softmax-over-the-batch",
    function=_over_the_batch,
    hint="""What sums to one: the classes of one sample, or the samples of one class?""",
)
entropy.misconception(
    "truth-not-subtracted",
    replace="    slope[rows, labels] -= 1\n",
    by="",
    hint="""Belief minus truth: where is the truth? Each row of the slope should sum to zero.""",
)
entropy.misconception(
    "slope-points-down",
    replace="slope / len(labels)",
    by="-slope / len(labels)",
    hint="""Raising the true class's logit makes the loss smaller. Which sign has the slope
    there?""",
)
entropy.misconception(
    "base-two",
    replace="return -log_p[rows, labels].mean()",
    by="return -log_p[rows, labels].mean() / np.log(2)",
    convention="bits: the logarithm to base 2",
    hint="""What do two equal logits cost: 0.693 or 1? Which logarithm is asked?""",
)

# --- binary_cross_entropy -------------------------------------------------------------------------

binary = Exercise("binary_cross_entropy", points=3)


@binary.check(weight=2)
def loss_and_slope(rng):
    """Returns the mean loss and the slope, belief minus truth, over N."""
    yield normal(rng, 5), np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    yield 3 * normal(rng, 3), np.array([1.0, 0.0, 0.0])


@binary.check()
def uncertain_targets(rng):
    """Takes targets between 0 and 1."""
    yield normal(rng, 6), rng.uniform(size=6)
    yield normal(rng, 1), rng.uniform(size=1)


@binary.check(weight=2)
def large_logits(rng):
    """Stays finite for logits of size 1000, right or wrong."""
    logits = np.array([1000.0, -1000.0, 800.0, -900.0, 2.5])
    yield logits, np.array([1.0, 1.0, 0.0, 0.0, 1.0])
    yield np.array([40.0, -40.0]), np.array([0.0, 1.0])


@binary.check(hidden=True)
def fresh_batches(rng):
    """Works for other batches, also in float32 and in any layout."""
    yield strided(rng, 7), rng.uniform(size=7)
    yield single(normal(rng, 4), rng.uniform(size=4))


@binary.check(hidden=True, dtype=True, observe="item")
def slope_keeps_float32(rng):
    """Takes float32 and returns the slope in float32."""
    yield 1, *single(normal(rng, 5), rng.uniform(size=5))


def _binary_unstable(logits, targets):
    p = 1 / (1 + np.exp(-logits))
    losses = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return losses.mean(), (p - targets) / len(logits)


def _sigmoid_twice(logits, targets):
    p = np.exp(-np.logaddexp(0, -logits))
    losses = np.logaddexp(0, p) - targets * p
    return losses.mean(), (np.exp(-np.logaddexp(0, -p)) - targets) / len(logits)


binary.misconception(
    "through-the-probability",
    function=_binary_unstable,
    hint="""For a logit of 40 the probability rounds to 1. What is then ln(1 − p)? Can you
    write the loss without going through p?""",
)
_LOSSES = "losses = np.logaddexp(0, logits) - targets * logits"
_P = "p = np.exp(-np.logaddexp(0, -logits))"
_LOSSES_CLIPPED = """p = np.clip(1 / (1 + np.exp(-logits)), {0}, 1 - {0})
    losses = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))"""

clipped = binary.misconception(
    "probability-clipped",
    replace=(_LOSSES, _P),
    by=(_LOSSES_CLIPPED.format("1e-7"), "pass"),
    convention="clipping the probability, as older Keras does",
    hint="""Sure and wrong at a logit of 1000 costs 1000. What does it cost after clipping?""",
).also(replace=(_LOSSES, _P), by=(_LOSSES_CLIPPED.format("1e-8"), "pass"))
for tiny in ("1e-7", "1e-8", "1e-10", "1e-12", "1e-15"):
    clipped.also(replace=_LOSSES, by=_LOSSES_CLIPPED.format(tiny))
binary.misconception(
    "sigmoid-applied-twice",
    function=_sigmoid_twice,
    hint="""Are the logits probabilities already? How many sigmoids lie between them and your
    loss?""",
)
binary.misconception(
    "sum-instead-of-mean",
    replace=("losses.mean()", "(p - targets) / len(logits)"),
    by=("losses.sum()", "p - targets"),
    convention="the sum over the batch",
    hint="""With a batch twice as large, is your loss twice as large? Here it is a mean.""",
)
binary.misconception(
    "slope-without-the-mean",
    replace="(p - targets) / len(logits)",
    by="p - targets",
    hint="""Your loss is a mean. Is your slope that of the mean? Check it by brute force.""",
)
binary.misconception(
    "sigmoid-slope-left-in",
    replace="(p - targets) / len(logits)",
    by="(p - targets) * p * (1 - p) / len(logits)",
    hint="""The sigmoid's slope p(1 − p) cancels against a factor of the loss's own slope.
    Which one? (It stays in for the squared error.)""",
)
binary.misconception(
    "half-of-the-truth",
    replace="np.logaddexp(0, logits) - targets * logits",
    by="targets * np.logaddexp(0, -logits)",
    hint="""A sample with target 0 costs nothing in your loss, whatever the model believes. Is
    one of the two terms missing?""",
)
binary.misconception(
    "slope-points-down",
    replace="(p - targets)",
    by="(targets - p)",
    hint="""If the target is 1, raising the logit makes the loss smaller. Which sign has the
    slope?""",
)
binary.misconception(
    "labels-plus-minus-one",
    replace="targets * logits",
    by="(2 * targets - 1) * logits",
    hint="""Are the targets 0 and 1 or −1 and +1? Try a logit of 0.1 and a target of 1 by
    hand.""",
)

# --- numerical_gradient ---------------------------------------------------------------------------

numerical = Exercise("numerical_gradient", points=3)
NOISE = {"rtol": 1e-7, "atol": 1e-8}  # rounding, divided by h, against 1e-5 of a one-sided slope


@numerical.check(weight=2, **NOISE)
def curved_functions(rng):
    """Finds the slopes of curved functions, with h = 1e-5 unless it is given."""
    a = normal(rng, 3, 3)
    yield function("quadratic", a @ a.T + np.eye(3), normal(rng, 3)), normal(rng, 3)
    yield function("rosenbrock"), rng.uniform(-1, 1, size=4)


@numerical.check(weight=2, **NOISE)
def large_steps(rng):
    """Goes h up and h down, and divides by the whole way, also when h is large."""
    yield Case(function("sine", rng.uniform(1, 2, size=(3, 2))), normal(rng, 3, 2), h=0.5)
    yield function("rosenbrock"), rng.uniform(-1, 1, size=2), 0.1


@numerical.check(needs=curved_functions, **NOISE)
def any_shape(rng):
    """Works on arrays of any shape."""
    w = rng.uniform(1, 2, size=(2, 3, 2))
    yield function("sine", w), normal(rng, 2, 3, 2)
    yield Case(function("sine", w[0, :1, 0]), normal(rng, 1), h=1e-3)


@numerical.check(hidden=True, **NOISE)
def fresh_points(rng):
    """Works at other points, in any layout."""
    yield function("sine", rng.uniform(1, 3, size=(4, 3))), strided(rng, 4, 3), 1e-4
    yield function("sine", rng.uniform(1, 3, size=(2, 5))), normal(rng, 5, 2).T, 0.2
    yield function("rosenbrock"), rng.uniform(-1, 1, size=5)


@numerical.check(hidden=True, rtol=1e-6, atol=1e-7)
def straight_lines(rng):
    """Is exact, but for rounding, on a straight line, however large h is."""
    w = normal(rng, 3, 4)
    yield function("linear", w), normal(rng, 3, 4), 1.0
    yield function("linear", w), normal(rng, 3, 4)


def _all_at_once(f, x, h=1e-5):
    return np.full_like(x, (f(x + h) - f(x - h)) / (2 * h))


def _never_undone(f, x, h=1e-5):
    gradient, point = np.zeros_like(x), x.copy()
    for index in np.ndindex(x.shape):
        point[index] += h
        up = f(point)
        point[index] -= 2 * h
        gradient[index] = (up - f(point)) / (2 * h)
    return gradient


numerical.misconception(
    "forward-difference",
    replace="(f(x + nudge) - f(x - nudge)) / (2 * h)",
    by="(f(x + nudge) - f(x)) / h",
    convention="the one-sided (forward) difference",
    hint="""Try f(x) = x³ at 1 with h = 0.1: is your result 3.01 or 3.31? On how many sides of
    x do you look?""",
)
numerical.misconception(
    "backward-difference",
    replace="(f(x + nudge) - f(x - nudge)) / (2 * h)",
    by="(f(x) - f(x - nudge)) / h",
    convention="the one-sided (backward) difference",
    hint="""Try f(x) = x³ at 1 with h = 0.1: is your result 3.01 or 2.71? On how many sides of
    x do you look?""",
)
numerical.misconception(
    "half-the-way",
    replace="/ (2 * h)",
    by="/ h",
    hint="""How far apart are the two points at which you measure?""",
)
numerical.misconception(
    "precedence",
    replace="/ (2 * h)",
    by="/ 2 * h",
    hint="""Python reads a / 2 * h as (a / 2) * h. What did you mean?""",
)
numerical.misconception(
    "all-nudged-at-once",
    function=_all_at_once,
    hint="""If every entry is nudged at the same time, whose slope do you measure?""",
)


def _first_axis_only(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    for i in range(len(x)):
        nudge = np.zeros_like(x)
        nudge[i] = h
        gradient[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient


numerical.misconception(
    "whole-rows-nudged",
    function=_first_axis_only,
    hint="""On a vector you are right. What does x[i] name when x is a matrix: an entry or a
    row?""",
)
numerical.misconception(
    "nudge-not-undone",
    function=_never_undone,
    hint="""When you nudge the second entry, is the first one back at its place?""",
)
numerical.misconception(
    "h-ignored",
    replace=("nudge[index] = h", "(2 * h)"),
    by=("nudge[index] = 1e-5", "2e-5"),
    hint="""How far does your function nudge when it is called with h = 0.1?""",
)
numerical.misconception(
    "downhill",
    replace="f(x + nudge) - f(x - nudge)",
    by="f(x - nudge) - f(x + nudge)",
    hint="""If f grows with x, which sign has the slope? Which sign has yours?""",
)

# --- relative_error -------------------------------------------------------------------------------

relative = Exercise("relative_error", points=2)


@relative.check(weight=2)
def the_worst_entry(rng):
    """Reports the worst entry, relative to the larger of the two numbers."""
    a = rng.uniform(0.5, 2, size=(3, 4)) * rng.choice([-1.0, 1.0], size=(3, 4))
    yield a, a * (1 + 0.05 * normal(rng, 3, 4))
    yield np.array([1.0, 2.0, 100.0]), np.array([1.1, 2.0, 100.1])


@relative.check(weight=2, exact=True)
def zeros(rng):
    """Two zeros agree; a zero against anything else is an error of 1."""
    yield np.array([0.0, 1.0, 4.0]), np.array([0.0, 1.25, 4.0])
    yield np.array([0.0, 3.0]), np.array([1e-9, 3.0])
    yield np.zeros((2, 2)), np.zeros((2, 2))


@relative.check()
def other_signs(rng):
    """Opposite signs give an error of up to 2, whichever of the two comes first."""
    a = rng.uniform(0.5, 2, size=5)
    yield a, -0.5 * a
    yield np.array([-3.0]), np.array([2.0])


@relative.check(hidden=True)
def tiny_and_huge(rng):
    """Finds a tiny slope that is all wrong beside huge ones that are right."""
    a = 10.0 ** rng.uniform(-8, 8, size=6)
    b = a * (1 + 0.01 * rng.uniform(0.1, 1, size=6))
    yield a, b
    yield b, a
    yield a * np.array([1, -1, 1, -1, 1, -1]), strided(rng, 6)


@relative.check(hidden=True)
def any_array(rng):
    """Works on single precision and on every shape."""
    a = normal(rng, 2, 3, 2)
    yield single(a, a + 0.1)
    yield a.T, a.T + 0.01
    yield np.array([2.0]), np.array([2.5])


_ERROR = "float(np.max(errors))"

relative.misconception(
    "divided-by-the-sum",
    replace="np.maximum(np.abs(a), np.abs(b))",
    by="(np.abs(a) + np.abs(b))",
    convention="the difference over |a| + |b|, half as large for near numbers",
    hint="""Is 1 against 1.1 off by 9 % or by 5 %? What is the difference compared with here?""",
)
relative.misconception(
    "norms-compared",
    replace=_ERROR,
    by="float(np.linalg.norm(a - b) / max(np.linalg.norm(a) + np.linalg.norm(b), 1e-300))",
    convention="‖a − b‖ over ‖a‖ + ‖b‖, or over the larger of the two, for the whole array",
    hint="""If one small entry is all wrong and the large ones are right, does your number
    tell?""",
).also(
    replace=_ERROR,
    by="float(np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b), 1e-300))",
)
relative.misconception(
    "mean-instead-of-worst",
    replace="np.max(",
    by="np.mean(",
    hint="""One wrong slope among a thousand right ones: how large is your error?""",
)
relative.misconception(
    "absolute",
    replace=_ERROR,
    by="float(np.max(gap))",
    hint="""Is an error of 0.1 large? For a slope of 1000 and for one of 0.1?""",
)
relative.misconception(
    "zero-by-zero",
    replace="np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)",
    by="gap / size",
    hint="""Two zeros agree perfectly. What does your division give for them?""",
)
relative.misconception(
    "compared-with-the-second",
    replace="np.maximum(np.abs(a), np.abs(b))",
    by="np.abs(b)",
    hint="""Does your error change if the two arrays are exchanged? Should it?""",
)
relative.misconception(
    "largest-of-all-below",
    replace=_ERROR,
    by="float(np.max(gap) / max(np.max(size), 1e-300))",
    hint="""A tiny slope beside a huge one: with which of them do you compare its error?""",
)

# --- mlp_forward ----------------------------------------------------------------------------------

network_forward = Exercise("mlp_forward", points=2, needs=("dense_forward",))
LECTURE = [
    (np.array([[0.8, 0.6], [0.2, 0.9], [0.7, 0.1]]), np.zeros(3)),
    (np.array([[0.2, 0.8, 0.5]]), np.zeros(1)),
]


@network_forward.check()
def the_lectures_network(rng):
    """Computes the network that was worked by hand: 0.80, 0.75, 0.69 and 1.1056."""
    yield np.ones((1, 2)), LECTURE, "sigmoid"


@network_forward.check(weight=2)
def every_layer(rng):
    """Returns every layer's output, for each activation; ReLU unless another one is named."""
    yield normal(rng, 5, 4), network(rng, 4, 6, 3)
    yield normal(rng, 3, 2), network(rng, 2, 5, 4, 3), "tanh"
    yield Case(normal(rng, 4, 3), network(rng, 3, 4, 2), activation="sigmoid")


@network_forward.check(needs=every_layer)
def one_layer(rng):
    """A single layer has no activation."""
    yield normal(rng, 4, 3), network(rng, 3, 5), "relu"
    yield normal(rng, 1, 2), network(rng, 2, 2), "tanh"


@network_forward.check(hidden=True)
def deeper_networks(rng):
    """Works for deeper networks, layers of equal width and every layout."""
    yield strided(rng, 6, 3), network(rng, 3, 3, 3, 3, 3), "sigmoid"
    yield normal(rng, 4, 5).T, network(rng, 4, 4, 4, 2), "relu"


@network_forward.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 and answers in float32."""
    layers = [single(*pair) for pair in network(rng, 4, 3, 2)]
    for name in ("relu", "sigmoid", "tanh"):
        yield single(normal(rng, 5, 4))[0], layers, name


_OUT = "x = z if len(outputs) == len(layers) - 1 else activate(z, activation)"

network_forward.misconception(
    "logits-activated",
    replace=_OUT,
    by="x = activate(z, activation)",
    hint="""Can your network's output be any number? The last layer gives logits: does
    anything come after it?""",
)
network_forward.misconception(
    "no-activation",
    replace=_OUT,
    by="x = z",
    hint="""Two dense layers in a row are one dense layer. What stands between them?""",
)
network_forward.misconception(
    "input-not-passed-on",
    replace="z = dense_forward(x, w, b)\n        " + _OUT + "\n        outputs.append(x)",
    by="""z = dense_forward(x, w, b)
        x = z if len(outputs) == len(layers) - 1 else activate(z, activation)
        outputs.append(z)""",
    hint="""Which value leaves a hidden layer: the one before or the one after its activation?
    That one is to be listed.""",
)
network_forward.misconception(
    "last-output-only",
    replace="return outputs",
    by="return outputs[-1:]",
    hint="""The backward pass needs the value on every line. How many arrays do you return?""",
)
network_forward.misconception(
    "activation-fixed",
    replace="activate(z, activation)",
    by='activate(z, "relu")',
    hint="""Which activation does your network use when it is asked for tanh?""",
)

# --- mlp_backward ---------------------------------------------------------------------------------

network_backward = Exercise("mlp_backward", points=4, needs=("mlp_forward", "dense_backward"))


@network_backward.check(weight=2)
def two_layers(rng):
    """Finds all slopes of a network with one hidden layer; ReLU unless another one is named."""
    yield normal(rng, 5, 3), normal(rng, 5, 4), network(rng, 4, 6, 3)
    yield Case(normal(rng, 3, 2), normal(rng, 3, 5), network(rng, 5, 4, 2), activation="tanh")


@network_backward.check(weight=3, needs=two_layers)
def deep_networks(rng):
    """Finds all slopes of deeper networks, for each activation."""
    yield normal(rng, 4, 2), normal(rng, 4, 3), network(rng, 3, 5, 6, 4, 2), "sigmoid"
    yield normal(rng, 6, 3), normal(rng, 6, 2), network(rng, 2, 4, 4, 4, 3), "tanh"
    yield normal(rng, 5, 3), normal(rng, 5, 3), network(rng, 3, 3, 3, 3), "relu"


@network_backward.check()
def one_layer(rng):
    """A single layer has no activation, so its slopes are those of the dense layer."""
    yield normal(rng, 4, 2), normal(rng, 4, 3), network(rng, 3, 2), "sigmoid"


@network_backward.check(hidden=True)
def fresh_networks(rng):
    """Works for other networks, a batch of one and every layout."""
    yield normal(rng, 1, 4), normal(rng, 1, 4), network(rng, 4, 4, 4, 4), "sigmoid"
    yield strided(rng, 6, 2), normal(rng, 3, 6).T, network(rng, 3, 7, 5, 2), "tanh"
    yield normal(rng, 7, 2), strided(rng, 7, 4), network(rng, 4, 8, 6, 2), "relu"


@network_backward.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 and answers in float32."""
    layers = [single(*pair) for pair in network(rng, 4, 5, 3, 2)]
    for name in ("relu", "sigmoid", "tanh"):
        yield *single(normal(rng, 3, 2), normal(rng, 3, 4)), layers, name


network_backward.misconception(
    "activation-forgotten",
    replace="dout = dout * activation_slope(inputs[k], activation)",
    by="pass",
    hint="""The slope at a layer's input has to pass the activation below before it is a slope
    at that layer's output. Where does it?""",
)
network_backward.misconception(
    "slope-of-the-wrong-layer",
    replace="activation_slope(inputs[k], activation)",
    by="activation_slope(mlp_forward(x, layers, activation)[k], activation)",
    hint="""You stand between two layers. Which layer's activation lies there, the upper or
    the lower one's? Compare the shapes.""",
)
network_backward.misconception(
    "slope-at-the-logits-too",
    replace="    slopes = []\n",
    by="""    slopes = []
    last = mlp_forward(x, layers, activation)[-1]
    dout = dout * activation_slope(last, activation)
""",
    hint="""Was there an activation after the last layer on the way forward?""",
).also(
    replace="    slopes = []\n",
    by="""    slopes = []
    last = activate(mlp_forward(x, layers, activation)[-1], activation)
    dout = dout * activation_slope(last, activation)
""",
)
network_backward.misconception(
    "slope-at-the-input-too",
    replace="if k > 0:",
    by="if k >= 0:",
    hint="""Did the network's input come out of an activation?""",
)
network_backward.misconception(
    "slope-taken-twice",
    replace="activation_slope(inputs[k], activation)",
    by="activation_slope(activate(inputs[k], activation), activation)",
    hint="""`activation_slope` wants the *output* of the activation. What do you hand it, the
    output, or the activation of the output?""",
)
network_backward.misconception(
    "slope-from-the-net-input",
    replace="activation_slope(inputs[k], activation)",
    by="activation_slope(inputs[k - 1] @ layers[k - 1][0].T + layers[k - 1][1], activation)",
    hint="""a(1 − a) and 1 − a² are slopes written with the unit's answer a. What do you put in for
    a: the answer, or the sum that went into the activation?""",
)
network_backward.misconception(
    "activation-itself",
    replace="activation_slope(inputs[k], activation)",
    by="inputs[k]",
    hint="""With what do you multiply the slope: with the activation's value, or with its
    derivative?""",
)
network_backward.misconception(
    "slopes-in-reverse",
    replace="slopes.insert(0, (dw, db))",
    by="slopes.append((dw, db))",
    hint="""You walk from the last layer to the first. In which order must the slopes be
    listed?""",
)
network_backward.misconception(
    "activation-fixed",
    replace="activation_slope(inputs[k], activation)",
    by='activation_slope(inputs[k], "relu")',
    hint="""Which activation's derivative do you take when the network uses tanh?""",
)

# --- sigmoid_mlp_update ---------------------------------------------------------------------------

standard = Exercise("sigmoid_mlp_update", points=5)


def sample(rng, d, q, k):
    """Return v, gamma, w, theta, x and y of one training step."""
    return (
        normal(rng, q, d),
        normal(rng, q),
        normal(rng, k, q),
        normal(rng, k),
        normal(rng, d),
        rng.uniform(size=k),
    )


@standard.check(weight=3)
def one_sample(rng):
    """Changes weights and thresholds after one sample; lr = 0.1 unless it is given."""
    yield sample(rng, 4, 3, 2)
    yield Case(*sample(rng, 2, 5, 3), lr=2.0)


@standard.check()
def single_units(rng):
    """Learns with a single unit in each layer, as in the worked example."""
    one, zero = np.ones((1, 1)), np.zeros(1)
    yield one, zero, one, zero, np.ones(1), np.ones(1), 1.0
    yield Case(*sample(rng, 1, 1, 1), lr=0.7)


@standard.check(weight=2)
def square_layers(rng):
    """Keeps the weights' axes apart when all layers are equally wide."""
    yield Case(*sample(rng, 3, 3, 3), lr=1.5)


@standard.check(weight=2, observe="iterate", needs=one_sample)
def five_steps(rng):
    """Approaches the target over five steps on the same sample."""
    v, gamma, w, theta, x, y = sample(rng, 3, 4, 2)
    yield Case((v, gamma, w, theta), 5, x, y, lr=3.0)


@standard.check(hidden=True, dtype=True)
def keeps_float32(rng):
    """Takes float32 and answers in float32."""
    yield Case(*single(*sample(rng, 5, 3, 2)), lr=0.5)


@standard.check(hidden=True)
def fresh_networks(rng):
    """Works for other networks, hard targets and every layout."""
    v, gamma, _, theta, x, _ = sample(rng, 3, 4, 2)
    yield Case(np.asfortranarray(v), gamma, strided(rng, 2, 4), theta, x, np.array([0.0, 1.0]), 0.8)
    yield Case(*sample(rng, 6, 2, 1), lr=4.0)


def _new_w_first(v, gamma, w, theta, x, y, lr=0.1):
    b = 1 / (1 + np.exp(gamma - v @ x))
    y_hat = 1 / (1 + np.exp(theta - w @ b))
    g = y_hat * (1 - y_hat) * (y - y_hat)
    w = w + lr * np.outer(g, b)
    e = b * (1 - b) * (w.T @ g)
    return v + lr * np.outer(e, x), gamma - lr * e, w, theta - lr * g


def _thresholds_added(v, gamma, w, theta, x, y, lr=0.1):
    b = 1 / (1 + np.exp(-gamma - v @ x))
    y_hat = 1 / (1 + np.exp(-theta - w @ b))
    g = y_hat * (1 - y_hat) * (y - y_hat)
    e = b * (1 - b) * (w.T @ g)
    return v + lr * np.outer(e, x), gamma + lr * e, w + lr * np.outer(g, b), theta + lr * g


standard.misconception(
    "new-w-blames-the-hidden-units",
    function=_new_w_first,
    hint="""The blame of a hidden unit came about with the weights of the *forward* pass. Have
    you changed w before you use it for e?""",
)
standard.misconception(
    "thresholds-as-biases",
    function=_thresholds_added,
    convention="biases, which are added; here the thresholds are subtracted",
    hint="""Does a larger threshold make a unit more or less active in your network?""",
)
standard.misconception(
    "thresholds-learn-like-biases",
    replace=("theta - lr * g", "gamma - lr * e"),
    by=("theta + lr * g", "gamma + lr * e"),
    hint="""Your forward pass subtracts the thresholds. If a unit answers too little, should its
    threshold rise or fall? Which way does yours go?""",
)
standard.misconception(
    "output-threshold-sign",
    replace="theta - lr * g",
    by="theta + lr * g",
    hint="""The threshold is subtracted in the net input. If the output is too small (g > 0),
    should the threshold rise or fall?""",
)
standard.misconception(
    "hidden-threshold-sign",
    replace="gamma - lr * e",
    by="gamma + lr * e",
    hint="""The thresholds are subtracted in the net input. What does that do to the sign of
    their change?""",
)
standard.misconception(
    "uphill",
    replace="(y - y_hat)",
    by="(y_hat - y)",
    hint="""Are the changes added to the old values? Then which of the two, y or ŷ, comes
    first in g?""",
)
standard.misconception(
    "output-slope-forgotten",
    replace="g = y_hat * (1 - y_hat) * (y - y_hat)",
    by="g = y - y_hat",
    convention="the slope of the cross-entropy, where the sigmoid's derivative cancels",
    hint="""With the squared error, does the sigmoid's slope cancel? What does g look like
    when ŷ is near 0 or 1?""",
)
standard.misconception(
    "hidden-slope-forgotten",
    replace="e = b * (1 - b) * (w.T @ g)",
    by="e = w.T @ g",
    hint="""The blame passes the hidden unit's sigmoid on its way back. Where is that
    sigmoid's slope?""",
)
standard.misconception(
    "slope-taken-twice",
    replace="b * (1 - b) * (w.T @ g)",
    by="(lambda s: s * (1 - s))(1 / (1 + np.exp(-b))) * (w.T @ g)",
    hint="""b is already the output of the sigmoid. Do you apply it once more before you take
    the slope?""",
)
standard.misconception(
    "hidden-thresholds-untouched",
    replace="gamma - lr * e,",
    by="gamma,",
    hint="""Four arrays learn. Which of yours never changes?""",
)
standard.misconception(
    "blame-not-weighted",
    replace="(w.T @ g)",
    by="g.sum()",
    hint="""Is every hidden unit to blame for the errors equally, or according to its weights?""",
)
standard.misconception(
    "from-and-to-exchanged",
    replace=("np.outer(e, x)", "np.outer(g, b)"),
    by=("np.outer(x, e)", "np.outer(b, g)"),
    convention="the text's index order v_ih and w_hj: from, to",
    hint="""The arrays have one row per unit that *receives*. What is the row of your change:
    the sender or the receiver?""",
)
standard.misconception(
    "w-not-transposed",
    replace="(w.T @ g)",
    by="(w @ g)",
    hint="""e has one entry per *hidden* unit: over which index of w do you sum? (With equally
    wide layers no error message tells you.)""",
)

# --- vanishing_factor -----------------------------------------------------------------------------

vanishing = Exercise("vanishing_factor", points=2)


def outputs(rng, n):
    return rng.uniform(0.1, 0.9, size=n)


@vanishing.check(weight=2)
def short_chains(rng):
    """Multiplies one factor per layer: weight times the sigmoid's slope."""
    yield 2 * normal(rng, 3), outputs(rng, 3)
    yield np.array([2.0, -1.0]), np.array([0.5, 0.8])


@vanishing.check()
def at_most_a_quarter(rng):
    """With weights of 1 and outputs of one half, each layer leaves a quarter."""
    for layers in (1, 2, 10):
        yield np.ones(layers), np.full(layers, 0.5)


@vanishing.check(exact=True)
def no_layers(rng):
    """Is 1 for an empty chain and 0 behind a unit that is switched off for good."""
    yield np.zeros(0), np.zeros(0)
    yield np.array([2.0, 3.0]), np.array([0.5, 1.0])


@vanishing.check(hidden=True)
def long_chains(rng):
    """Works for longer chains, in single precision and in any layout."""
    yield 4 * normal(rng, 12), outputs(rng, 12)
    yield single(2 * normal(rng, 5), outputs(rng, 5))
    yield strided(rng, 6), outputs(rng, 12)[::2]


_FACTOR = "weights * activations * (1 - activations)"

vanishing.misconception(
    "slope-taken-twice",
    replace=_FACTOR,
    by="weights * (lambda s: s * (1 - s))(1 / (1 + np.exp(-activations)))",
    hint="""The activations are the sigmoid's *outputs*. Do you apply it once more?""",
)
vanishing.misconception(
    "weights-forgotten",
    replace=_FACTOR,
    by="activations * (1 - activations)",
    hint="""On its way from one unit to the next the signal passes the sigmoid and what else?""",
)
vanishing.misconception(
    "slope-forgotten",
    replace=_FACTOR,
    by="weights",
    hint="""What would the derivative of the chain be without sigmoids? What do they multiply
    it with?""",
)
vanishing.misconception(
    "sum-instead-of-product",
    replace="np.prod",
    by="np.sum",
    hint="""Does the chain rule add the slopes of functions one inside the other, or multiply
    them?""",
)
vanishing.misconception(
    "sizes-only",
    replace="np.prod(" + _FACTOR + ")",
    by="abs(np.prod(" + _FACTOR + "))",
    hint="""A negative weight turns the slope round. Does your result know?""",
)
vanishing.misconception(
    "tanh-slope",
    replace=_FACTOR,
    by="weights * (1 - activations**2)",
    hint="""1 − a² is the slope of which activation? The units here are sigmoids.""",
)


# --- questions, graded by a person ----------------------------------------------------------------

divided_twice = Question(
    "divided_twice",
    points=2,
    guide="""
    Full answer: the 1/N comes in twice, so weights and biases get a gradient N times too small
    (while dx is right, so the factor is the same in all layers) (1 point). All parameters are
    scaled alike: the direction is right, it is plain descent with the rate divided by N, slow but
    working, and Adam hides even that; numerical_gradient with relative_error shows a ratio of N
    at once (1 point). A backward function answers for its layer alone: whether the loss is a mean
    or a sum comes in with dy. Half: "the gradient is too small" without saying why it still
    learns.
    """,
)

three_rescues = Question(
    "three_rescues",
    points=3,
    guide="""
    Full answer, a point for each. (a) 4 a (1 - a) is 1 only at a = 1/2; weights of 4 make net
    inputs four times as large, units saturate, a (1 - a) goes to 0, and the product vanishes all
    the same; where units stay in the middle it is at best 1. (b) not repaired: the factor depends
    on the input and on the present weights and changes by orders of magnitude in training, so a
    fixed compensation is far too large as soon as the units come alive; it also amplifies noise.
    (It is right that the direction is not lost: per-parameter step lengths as in Adam do help
    some.) (c) takes the cause away: slope exactly 1 along active paths, so no systematic
    shrinking; what is left is the product of the weights (needs the right width of start, else it
    vanishes or explodes) and units that are off for every sample pass nothing. Half: verdicts
    without reasons.
    """,
)

confidently_wrong = Question(
    "confidently_wrong",
    points=3,
    guide="""
    Full answer, a point for each part. Cross-entropy: p - 1, nearly -1, the full pull. Squared
    error: the slope with respect to p is about -1 too, but then comes the softmax's own slope p
    (1 - p), about 0.0001: next to no pull where the mistake is greatest; the logarithm of the
    cross-entropy has the slope 1/p, which cancels that factor. At the start (or after a bad step)
    a sure and wrong net sits on a plateau. Better: wrong labels; the squared error gives up on
    samples that it finds absurd, so a few false labels cannot dominate, the cross-entropy pays
    any price for them. Half: "cross-entropy is for classification" or plateau without the factor
    p (1 - p).
    """,
)
