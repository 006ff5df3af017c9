"""How the chapter on architectures is judged."""

import math

import numpy as np

from autograder.spec import Case, Exercise, Question


def normal(rng, *shape):
    return rng.normal(size=shape)


def number(rng, low, high):
    """Return a whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


ALEXNET = [
    ("conv", 96, 11, 4, 0),
    ("pool", 3, 2, 0),
    ("conv", 256, 5, 1, 2),
    ("pool", 3, 2, 0),
    ("conv", 384, 3, 1, 1),
    ("conv", 384, 3, 1, 1),
    ("conv", 256, 3, 1, 1),
    ("pool", 3, 2, 0),
    ("dense", 4096),
    ("dense", 4096),
    ("dense", 1000),
]


def vgg(*repeats):
    layers = []
    for maps, several in zip((64, 128, 256, 512, 512), repeats):
        layers += [("conv", maps, 3, 1, 1)] * several + [("pool", 2, 2, 0)]
    return [*layers, ("dense", 4096), ("dense", 4096), ("dense", 1000)]


# --- trace_layers --------------------------------------------------------------------------------

trace_layers = Exercise("trace_layers", points=4)

SMALL = [("conv", 2, 3, 1, 0), ("pool", 3, 2, 0), ("dense", 3)]


def small_net(rng):
    """Return a net whose windows leave something over, and the shape of its images."""
    layers = [
        ("conv", number(rng, 3, 6), 3, 1, 1),
        ("pool", 3, 2, 1),
        ("conv", number(rng, 7, 9), 5, 1, 2),
        ("pool", 2, 2, 0),
        ("conv", number(rng, 2, 5), 3, 2, 0),
        ("dense", number(rng, 6, 9)),
        ("dense", number(rng, 2, 4)),
    ]
    return layers, (number(rng, 2, 4), 4 * number(rng, 5, 7) + 2, 4 * number(rng, 8, 11) + 2)


@trace_layers.check(exact=True)
def by_hand(rng):
    """Gives (2, 4, 4), (2, 1, 1), (3,) and 20, 0, 9 in the worked example."""
    yield SMALL, (1, 6, 6)


@trace_layers.check(weight=2, exact=True)
def published_nets(rng):
    """Finds the shapes of AlexNet and VGG-16, and their 62,378,344 and 138,357,544 parameters."""
    yield ALEXNET, (3, 227, 227)
    yield [("conv", 96, 11, 4, 2), *ALEXNET[1:]], (3, 224, 224)
    yield vgg(2, 2, 3, 3, 3), (3, 224, 224)


@trace_layers.check(exact=True)
def windows_left_over(rng):
    """Leaves out windows that do not lie wholly within the padded image, square or not."""
    C = number(rng, 2, 3)
    yield [("pool", 3, 2, 0), ("conv", 4, 3, 2, 0)], (C, 12, 18)
    yield [("conv", 2, 4, 3, 1), ("pool", 2, 3, 1)], (C, 13, 20)


@trace_layers.check(exact=True)
def long_vectors(rng):
    """Makes one long vector of maps, and counts a dense layer behind a dense one."""
    C = number(rng, 2, 5)
    yield [("dense", 7), ("dense", 4)], (C, 3, 5)
    yield [("pool", 2, 2, 0), ("dense", 5), ("dense", 6), ("dense", 2)], (C, 4, 6)


@trace_layers.check(weight=2, hidden=True, exact=True)
def any_net(rng):
    """Is right for any net."""
    yield small_net(rng)
    yield vgg(1, 1, 2, 2, 2), (number(rng, 1, 4), 64, 96)
    layers, shape = small_net(rng)
    yield layers[:3], shape
    yield [("conv", 3, 5, 3, 2), ("pool", 3, 3, 1), ("dense", number(rng, 2, 9))], (2, 17, 24)


def traced(layers, shape, **ideas):
    """Trace as asked, save for the ideas given."""
    shapes, counts = [], []
    for kind, *numbers in layers:
        if kind == "dense":
            width = ideas.get("width", math.prod)(shape)
            counts.append(ideas.get("dense", lambda u, d: u * (d + 1))(numbers[0], width))
            shape = (numbers[0],)
        else:
            kernel, stride, padding = numbers[-3:]
            count = ideas.get("size", lambda n, k, s, p, kind: (n + 2 * p - k) // s + 1)
            sizes = ideas.get("sides", lambda rows, columns: (rows, columns))(*shape[1:])
            after = tuple(count(size, kernel, stride, padding, kind) for size in sizes)
            maps = numbers[0] if kind == "conv" else ideas.get("pooled", shape[0])
            if kind == "conv":
                counts.append(
                    ideas.get("conv", lambda f, c, k, after: f * (c * k * k + 1))(
                        maps, shape[0], kernel, after
                    )
                )
            else:
                counts.append(ideas.get("pool", lambda c, k: 0)(maps, kernel))
            shape = (maps, *after)
        shapes.append(shape)
    return shapes, counts


def rounded_up(layers, shape):
    return traced(layers, shape, size=lambda n, k, s, p, kind: -(-(n + 2 * p - k) // s) + 1)


def pools_rounded_up(layers, shape):
    def size(n, k, s, p, kind):
        return (-(-(n + 2 * p - k) // s) if kind == "pool" else (n + 2 * p - k) // s) + 1

    return traced(layers, shape, size=size)


def padded_once(layers, shape):
    return traced(layers, shape, size=lambda n, k, s, p, kind: (n + p - k) // s + 1)


def no_padding(layers, shape):
    return traced(layers, shape, size=lambda n, k, s, p, kind: (n - k) // s + 1)


def pools_are_not_padded(layers, shape):
    def size(n, k, s, p, kind):
        return (n + 2 * p * (kind == "conv") - k) // s + 1

    return traced(layers, shape, size=size)


def one_window_less(layers, shape):
    return traced(layers, shape, size=lambda n, k, s, p, kind: (n + 2 * p - k) // s)


def kernel_not_subtracted(layers, shape):
    return traced(layers, shape, size=lambda n, k, s, p, kind: (n + 2 * p) // s)


def one_more_before_the_stride(layers, shape):
    return traced(layers, shape, size=lambda n, k, s, p, kind: (n + 2 * p - k + 1) // s)


def same_size(layers, shape):
    return traced(layers, shape, size=lambda n, k, s, p, kind: -(-n // s))


def always_square(layers, shape):
    return traced(layers, (shape[0], shape[1], shape[1]))


def square_behind_each_window(layers, shape):
    return traced(layers, shape, sides=lambda rows, columns: (rows, rows))


def square_by_the_columns(layers, shape):
    return traced(layers, shape, sides=lambda rows, columns: (columns, columns))


def kernel_divides_in_pools(layers, shape):
    def size(n, k, s, p, kind):
        return n // k if kind == "pool" else (n + 2 * p - k) // s + 1

    return traced(layers, shape, size=size)


def stride_is_one(layers, shape):
    def size(n, k, s, p, kind):
        return (n + 2 * p - k) // (s if kind == "pool" else 1) + 1

    return traced(layers, shape, size=size)


# --- receptive_field -----------------------------------------------------------------------------

receptive_field = Exercise("receptive_field", points=3)


@receptive_field.check(exact=True)
def by_hand(rng):
    """Gives 3, 4, 8 and 1, 2, 2 in the worked example."""
    yield ([(3, 1), (2, 2), (3, 1)],)


@receptive_field.check(weight=2, exact=True)
def of_published_nets(rng):
    """Finds the 195 pixels of AlexNet's and the 212 of VGG-16's last pool."""
    yield ([layer[-3:-1] for layer in ALEXNET[:8]],)
    yield ([layer[-3:-1] for layer in vgg(2, 2, 3, 3, 3)[:18]],)


@receptive_field.check(exact=True)
def windows_of_one(rng):
    """Sees no more through a window of one pixel, whatever its stride."""
    k = number(rng, 3, 5)
    yield ([(1, 1), (k, 2), (1, 1), (3, 1)],)
    yield ([(1, 2), (1, 3), (k, 1), (2, 2)],)
    yield ([(k, 3)],)


@receptive_field.check(weight=2, hidden=True, exact=True)
def any_layers(rng):
    """Is right for any layers."""
    for strides in ((2, 1, 3, 1, 2), (3, 2, 1), (1, 1, 2, 2, 1, 2)):
        yield ([(number(rng, 2, 7), stride) for stride in strides],)
    yield ([(number(rng, 2, 7), 1), (2, 3), (number(rng, 2, 7), 2)],)


def fields_by(layers, **ideas):
    """Follow the fields as asked, save for the ideas given."""
    field, jump = ideas.get("start", 1), ideas.get("jump", 1)
    fields, jumps = [], []
    for kernel, stride in layers:
        field, jump = ideas["step"](field, jump, kernel, stride)
        fields.append(field)
        jumps.append(jump)
    return fields, jumps


def own_stride(layers):
    return fields_by(layers, step=lambda f, j, k, s: (f + (k - 1) * j * s, j * s))


def skipped_pixels_seen(layers):
    return fields_by(layers, step=lambda f, j, k, s: (f + (max(k, s) - 1) * j, j * s))


def no_strides(layers):
    return fields_by(layers, step=lambda f, j, k, s: (f + k - 1, j * s))


def whole_windows(layers):
    return fields_by(layers, step=lambda f, j, k, s: (f + k * j, j * s))


def windows_multiplied(layers):
    return fields_by(layers, step=lambda f, j, k, s: (f * k, j * s))


def last_stride_only(layers):
    return fields_by(layers, step=lambda f, j, k, s: (f + (k - 1) * j, s))


def strides_added(layers):
    return fields_by(layers, step=lambda f, j, k, s: (f + (k - 1) * j, j + s - 1))


def strides_of_two_added(layers):
    def step(f, j, k, s):
        return f + (k - 1) * max(j, 1), j + s * (s > 1)

    fields, jumps = fields_by(layers, step=step, jump=0)
    return fields, [max(jump, 1) for jump in jumps]


def field_times_stride(layers):
    return fields_by(layers, step=lambda f, j, k, s: (f * s + k - 1, j * s))


def field_from_the_top(layers):
    fields, jumps = fields_by(layers, step=lambda f, j, k, s: (1, j * s))
    above = 1
    for number, (kernel, stride) in reversed(list(enumerate(layers))):
        above = (above - 1) * stride + kernel
        fields[number] = above
    return fields, jumps


def sum_of_windows(layers):
    return fields_by(layers, step=lambda f, j, k, s: (f + k - 1, j))


def jumps_of_the_inputs(layers):
    fields, jumps = fields_by(layers, step=lambda f, j, k, s: (f + (k - 1) * j, j * s))
    return fields, [1, *jumps[:-1]]


def areas(layers):
    fields, jumps = fields_by(layers, step=lambda f, j, k, s: (f + (k - 1) * j, j * s))
    return [field**2 for field in fields], jumps


# --- lenet5_parameters ---------------------------------------------------------------------------

lenet5_parameters = Exercise("lenet5_parameters", points=3)

C3_TABLE = np.array(
    [
        [mark == "X" for mark in row]
        for row in (
            "X...XXX..XXXX.XX",
            "XX...XXX..XXXX.X",
            "XXX...XXX..X.XXX",
            ".XXX..XXXX..X.XX",
            "..XXX..XXXX.XX.X",
            "...XXX..XXXX.XXX",
        )
    ]
)


def links(rng, s, f):
    """Return a table that is neither full nor empty, with lines of different lengths."""
    table = rng.random((s, f)) < 0.5
    table[0], table[1] = True, False
    table[1, 0] = True
    return table


@lenet5_parameters.check(exact=True)
def by_hand(rng):
    """Gives 10, 4, 19, 6, 52, 15, 0 in the worked example."""
    yield np.array([[True, False, True], [False, True, True]]), 2, (4, 3)


@lenet5_parameters.check(weight=2, exact=True)
def the_papers_net(rng):
    """Finds 1,516 for C3 and 60,000 for the whole net; 2,416 for C3 if it read all maps."""
    yield (C3_TABLE,)
    yield (np.ones((6, 16), bool),)


@lenet5_parameters.check(exact=True)
def other_tables(rng):
    """Counts the windows of any table, and of any size."""
    yield links(rng, 4, 5), 3, (number(rng, 6, 9), number(rng, 2, 5))
    yield links(rng, 3, 7), number(rng, 2, 4), (number(rng, 10, 12), 8)
    alone = links(rng, 4, 5)
    alone[:, 1] = False  # a map that reads nothing has its bias all the same
    yield alone, 3, (7, 4)


@lenet5_parameters.check(weight=2, hidden=True, exact=True)
def any_lenet(rng):
    """Is right for any table, window and units."""
    yield links(rng, 5, 3), 4, (number(rng, 5, 8), number(rng, 3, 4))
    yield (links(rng, 6, 16),)
    yield links(rng, 2, 9), 2, (number(rng, 3, 6), number(rng, 7, 9))


# --- explain_counts ------------------------------------------------------------------------------

explain_counts = Exercise("explain_counts", points=3, needs=("trace_layers",))


def reported(layers, shape, words):
    """Return what somebody reports who counts the layers so; "unknown": one more than right."""
    shapes, right = traced(layers, shape)
    found = []
    for layer, before, after, true, word in zip(layers, [shape, *shapes], shapes, right, words):
        counts = {
            "right": true,
            "trained": 2 * after[0],
            "no biases": true - after[0],
            "bias per pixel": true - after[0] + math.prod(after),
            "one channel": after[0] * (layer[-3] ** 2 + 1) if layer[0] == "conv" else None,
            "two groups": (true - after[0]) // 2 + after[0],
            "not flattened": after[0] * (before[0] + 1),
            "unknown": true + 1,
            "less": true - 1,
            "on top": true + math.prod(after),
            "pixels of one map": true - after[0] + math.prod(after[1:]),
            "pixels of the input": true - after[0] + after[0] * math.prod(before[1:]),
            "half": true // 2,
            "groups alone": (true - after[0]) // 2,
            "quarter": (true - after[0]) // 4 + after[0],
            "one channel alone": after[0] * layer[-3] ** 2 if layer[0] == "conv" else None,
            "one number alone": after[0] * before[0],
            "coefficient": after[0],
        }
        found.append(counts[word])
    return found


def case(layers, shape, *words):
    return layers, shape, reported(layers, shape, words)


def puzzle(rng, even=True):
    """Return a net in which no two explanations of a layer give the same number.

    It has an even number of channels that is no multiple of three, or else an odd one that is none.
    """
    C = int(rng.choice([4, 8] if even else [5, 7]))
    layers = [
        ("conv", 6, 3, 1, 1),
        ("pool", 2, 2, 0),
        ("conv", 8, 3, 1, 0),
        ("conv", 4, 2, 1, 0),
        ("dense", number(rng, 11, 13)),
        ("dense", 5),
    ]
    return layers, (C, 10, 14)


@explain_counts.check(exact=True)
def by_hand(rng):
    """Gives the three lists of the worked example."""
    for counts in ([36, 4, 6], [68, 1, 9], [20, 0, 0]):
        yield SMALL, (2, 6, 6), counts


@explain_counts.check(weight=2, exact=True)
def each_explanation(rng):
    """Finds every explanation where it is the only one."""
    layers, shape = puzzle(rng)
    yield case(layers, shape, "right", "right", "right", "right", "right", "right")
    yield case(
        layers, shape, "no biases", "trained", "two groups", "one channel", "not flattened", "less"
    )
    yield case(
        layers,
        shape,
        "two groups",
        "unknown",
        "one channel",
        "bias per pixel",
        "no biases",
        "right",
    )
    yield case(
        layers, shape, "bias per pixel", "right", "no biases", "unknown", "unknown", "no biases"
    )


@explain_counts.check(exact=True)
def alexnet_as_printed(rng):
    """Finds the two groups of the papers' AlexNet."""
    words = ["right"] * 11
    for place in (2, 5, 6):
        words[place] = "two groups"
    yield case(ALEXNET, (3, 227, 227), *words)
    words[4], words[7], words[10] = "bias per pixel", "trained", "no biases"
    yield case(ALEXNET, (3, 227, 227), *words)


@explain_counts.check(exact=True)
def nearly_an_explanation(rng):
    """Says that it does not know where a number is only nearly one of the explanations'."""
    layers, shape = puzzle(rng)
    for words in (
        ("on top", "coefficient", "half", "one channel alone", "one number alone", "less"),
        ("pixels of the input", "unknown", "quarter", "pixels of one map", "less", "unknown"),
        ("groups alone", "less", "pixels of one map", "on top", "unknown", "less"),
    ):
        yield case(layers, shape, *words)
    yield [("dense", 1000)], (64, 20, 20), [25_601_010]
    yield [("dense", 1000)], (64, 20, 20), [25_599_990]


@explain_counts.check(exact=True)
def several_fit(rng):
    """Takes the first explanation that fits, and those only that the layer can have."""
    F = number(rng, 3, 6)
    yield case([("conv", F, 3, 1, 0)], (1, 7, 5), "one channel")
    yield case([("conv", F, 3, 1, 0)], (4, 3, 3), "bias per pixel")
    yield case([("conv", F, 3, 1, 0)], (2, 5, 6), "two groups")
    yield case([("conv", 5, 3, 1, 0)], (6, 5, 7), "two groups")
    yield case([("conv", 4, 2, 1, 0), ("dense", F)], (3, 2, 2), "right", "not flattened")
    layers, shape = puzzle(rng, even=False)
    yield layers, shape, [27 * shape[0] + 6, *[0] * 5]
    yield layers, shape, [54 * (shape[0] // 2) + 6, 12, *[0] * 4]
    yield [("dense", 6), ("dense", F)], (2, 2, 2), [12 + 6, F * 2]
    yield case([("conv", F, 1, 1, 0)], (2, 4, 3), "no biases")
    yield case([("dense", F)], (1, 1, 2), "no biases")


@explain_counts.check(weight=2, hidden=True, exact=True)
def any_report(rng):
    """Is right for any net and report."""
    told = [
        ("bias per pixel", "trained", "one channel", "two groups", "no biases", "right"),
        ("two groups", "right", "two groups", "no biases", "not flattened", "no biases"),
        ("one channel", "less", "right", "bias per pixel", "unknown", "less"),
    ]
    for words in told:
        yield case(*puzzle(rng), *words)
    layers, shape = puzzle(rng, even=False)
    yield layers, shape, [27 * shape[0] + 6, 12, 8 * 28, 36, 1, 0]


def explained(layers, shape, counts, **ideas):
    """Explain as asked, save for the ideas given."""
    shapes, right = traced(layers, shape)
    found = []
    for layer, before, after, count, true in zip(layers, [shape, *shapes], shapes, counts, right):
        guesses = {"right": true}
        if layer[0] == "pool":
            guesses["trained"] = ideas.get("trained", 2) * after[0]
        else:
            guesses["no biases"] = true - after[0]
        if layer[0] == "conv":
            pixels = math.prod(ideas.get("pixels", lambda before, after: after)(before, after))
            guesses["bias per pixel"] = true - after[0] * ideas.get("kept", 1) + pixels
            guesses["one channel"] = after[0] * layer[2] ** 2 + after[0] * ideas.get("one", 1)
            halves = ideas.get("halves", lambda true, maps: (true - maps) // 2 + maps)
            if before[0] % 2 == 0 or ideas.get("odd"):
                guesses["two groups"] = halves(true, after[0])
            if before[0] % 2 and ideas.get("down"):
                weights = after[0] * (before[0] // 2) * layer[2] ** 2
                guesses["two groups"] = weights + after[0]
        maps = len(before) == 3 and (before is not shape or ideas.get("image", True))
        if layer[0] == "dense" and maps:
            guesses["not flattened"] = after[0] * (before[0] + ideas.get("dense", 1))
        names = ideas.get("order", lambda names: names)(list(guesses))
        fits = ideas.get("fits", lambda guess, count: guess == count)
        word = next((name for name in names if fits(guesses[name], count)), "unknown")
        found.append(ideas.get("say", lambda word, kind: word)(word, layer[0]))
    return found


def pixels_of_the_input(layers, shape, counts):
    def pixels(before, after):
        return after[0], *before[1:]

    return explained(layers, shape, counts, pixels=pixels)


def bias_of_one_map(layers, shape, counts):
    return explained(layers, shape, counts, pixels=lambda before, after: after[1:])


def biases_on_top(layers, shape, counts):
    return explained(layers, shape, counts, kept=0)


def one_channel_without_biases(layers, shape, counts):
    return explained(layers, shape, counts, one=0)


def half_of_everything(layers, shape, counts):
    return explained(layers, shape, counts, halves=lambda true, maps: true // 2)


def groups_without_biases(layers, shape, counts):
    return explained(layers, shape, counts, halves=lambda true, maps: (true - maps) // 2)


def quarter_in_groups(layers, shape, counts):
    return explained(layers, shape, counts, halves=lambda true, maps: (true - maps) // 4 + maps)


def dense_without_biases(layers, shape, counts):
    return explained(layers, shape, counts, dense=0)


def trained_without_bias(layers, shape, counts):
    return explained(layers, shape, counts, trained=1)


def last_that_fits(layers, shape, counts):
    return explained(layers, shape, counts, order=lambda names: names[::-1])


def right_comes_last(layers, shape, counts):
    return explained(layers, shape, counts, order=lambda names: [*names[1:], names[0]])


def no_biases_last(layers, shape, counts, where=("bias per pixel", "not flattened")):
    def order(names):
        late = any(name in names for name in where)
        return sorted(names, key=lambda name: late and name == "no biases")

    return explained(layers, shape, counts, order=order)


def no_biases_last_in_a_conv(layers, shape, counts):
    return no_biases_last(layers, shape, counts, where=("bias per pixel",))


def no_biases_last_in_a_dense(layers, shape, counts):
    return no_biases_last(layers, shape, counts, where=("not flattened",))


def an_image_is_no_map(layers, shape, counts):
    return explained(layers, shape, counts, image=False)


def groups_before_one_channel(layers, shape, counts):
    return explained(layers, shape, counts, order=swapped)


def swapped(names):
    """Put "two groups" before "one channel"."""
    if "two groups" not in names:
        return names
    names = [name for name in names if name != "two groups"]
    place = names.index("one channel")
    return [*names[:place], "two groups", *names[place:]]


def odd_channels_in_groups(layers, shape, counts):
    return explained(layers, shape, counts, odd=True)


def odd_rounded_down(layers, shape, counts):
    return explained(layers, shape, counts, down=True)


def pools_learn_nothing(layers, shape, counts):
    def say(word, kind):
        return "right" if kind == "pool" else word

    return explained(layers, shape, counts, say=say)


def unknown_is_right(layers, shape, counts):
    return explained(
        layers, shape, counts, say=lambda word, kind: "right" if word == "unknown" else word
    )


def nearest(layers, shape, counts):
    return explained(layers, shape, counts, fits=lambda guess, count: abs(guess - count) <= 1)


def within_a_thousandth(layers, shape, counts):
    def fits(guess, count):
        return abs(guess - count) <= 1e-3 * max(guess, count)

    return explained(layers, shape, counts, fits=fits)


# --- block_cost ----------------------------------------------------------------------------------

block_cost = Exercise("block_cost", points=3)
KINDS = ("full", "reduced", "bottleneck", "separable", "grouped")


@block_cost.check(exact=True)
def by_hand(rng):
    """Gives the numbers of the five blocks of the worked example."""
    for kind in KINDS:
        yield kind, (8, 4, 4), 8, 3, 2, 2


@block_cost.check(weight=2, exact=True)
def with_stride_one(rng):
    """Counts all five kinds where nothing changes the size of the image."""
    for kind, kernel in zip(KINDS, (3, 5, 3, 3, 5)):
        yield kind, (12, number(rng, 5, 9), number(rng, 10, 14)), 18, kernel, 1, 3


@block_cost.check(weight=2, exact=True)
def with_a_stride(rng):
    """Uses each weight once for each pixel of its own layer's output, at odd sizes too."""
    for kind, stride in zip(KINDS, (2, 2, 3, 3, 2)):
        yield kind, (8, 2 * number(rng, 3, 5) + 1, 6 * number(rng, 2, 4) + 4), 12, 3, stride, 4
        yield Case(kind, (6, 5, 8), 9, kernel=2, inner=3)


@block_cost.check(weight=2, hidden=True, exact=True)
def any_block(rng):
    """Is right for any block."""
    for kind in KINDS:
        side = 4 * number(rng, 3, 6)
        yield kind, (6, side + 1, side + 3), 9, number(rng, 2, 7), 2, 3
        yield kind, (10, number(rng, 4, 6), number(rng, 7, 8)), 15, 3, 1, 5


def cost(kind, shape, maps, kernel=3, stride=1, inner=1, **ideas):
    """Count as asked, save for the ideas given."""
    C, H, W = shape
    before = H * W
    after = ideas.get("after", lambda H, W, s: -(-H // s) * -(-W // s))(H, W, stride)
    area = ideas.get("area", lambda k: k * k)(kernel)
    early = after if ideas.get("early") else before
    bias = ideas.get("bias", 0)
    layers = {
        "full": [(C * maps * area, after, maps)],
        "reduced": [(C * inner, early, inner), (inner * maps * area, after, maps)],
        "bottleneck": [
            (C * inner, early, inner),
            (inner**2 * area, after, inner),
            (inner * maps, after, maps),
        ],
        "separable": [(C * area, after, C), (C * maps, after, maps)],
        "grouped": [(C * maps * area // inner, after, maps)],
    }
    layers |= ideas.get("layers", lambda *_: {})(C, maps, area, inner, before, after)
    weights = sum(w + bias * f for w, _, f in layers[kind])
    return weights, ideas.get("times", lambda ls: sum(w * p for w, p, _ in ls))(layers[kind])


def stride_in_the_first(*given):
    return cost(*given, early=True)


def stride_in_the_first_of_a_bottleneck(kind, *given):
    return cost(kind, *given, early=kind == "bottleneck")


def all_at_the_input(*given):
    _, H, W = given[1]
    return cost(*given, times=lambda layers: sum(w * H * W for w, _, _ in layers))


def stride_once(*given):
    return cost(*given, after=lambda H, W, s: H * W // s)


def rounded_down(*given):
    return cost(*given, after=lambda H, W, s: (H // s) * (W // s))


def valid_windows(kind, shape, maps, kernel=3, stride=1, inner=1):
    def after(H, W, s):
        return ((H - kernel) // s + 1) * ((W - kernel) // s + 1)

    return cost(kind, shape, maps, kernel, stride, inner, after=after)


def flops_for_multiplications(*given):
    return cost(*given, times=lambda layers: 2 * sum(w * p for w, p, _ in layers))


def biases_counted(*given):
    return cost(*given, bias=1)


def window_not_squared(*given):
    return cost(*given, area=lambda k: k)


def groups_ignored(*given):
    def layers(C, F, area, R, before, after):
        return {"grouped": [(C * F * area, after, F)]}

    return cost(*given, layers=layers)


def groups_divide_twice(*given):
    def layers(C, F, area, R, before, after):
        return {"grouped": [(C * F * area // R**2, after, F)]}

    return cost(*given, layers=layers)


def depthwise_mixes(*given):
    def layers(C, F, area, R, before, after):
        return {"separable": [(C * C * area, after, C), (C * F, after, F)]}

    return cost(*given, layers=layers)


def depthwise_alone(*given):
    def layers(C, F, area, R, before, after):
        return {"separable": [(C * area, after, C)]}

    return cost(*given, layers=layers)


def one_window_for_all(*given):
    def layers(C, F, area, R, before, after):
        return {"separable": [(area, C * after, C), (C * F, after, F)]}

    return cost(*given, layers=layers)


def one_window_used_once(*given):
    def layers(C, F, area, R, before, after):
        return {"separable": [(area, after, C), (C * F, after, F)]}

    return cost(*given, layers=layers)


def pointwise_has_the_window(*given):
    def layers(C, F, area, R, before, after):
        return {"separable": [(C * area, after, C), (C * F * area, after, F)]}

    return cost(*given, layers=layers)


def stride_in_one_direction(*given):
    return cost(*given, after=lambda H, W, s: -(-H // s) * W)


def pointwise_first(*given):
    def layers(C, F, area, R, before, after):
        return {"separable": [(C * F, before, F), (F * area, after, F)]}

    return cost(*given, layers=layers)


def pointwise_at_the_input(*given):
    def layers(C, F, area, R, before, after):
        return {"separable": [(C * area, after, C), (C * F, before, F)]}

    return cost(*given, layers=layers)


def bottleneck_without_the_end(*given):
    def layers(C, F, area, R, before, after):
        return {"bottleneck": [(C * R, before, R), (R * F * area, after, F)]}

    return cost(*given, layers=layers)


def bottleneck_in_the_middle_full(*given):
    def layers(C, F, area, R, before, after):
        return {"bottleneck": [(C * R, before, R), (C * R * area, after, R), (R * F, after, F)]}

    return cost(*given, layers=layers)


def reduction_forgotten(*given):
    def layers(C, F, area, R, before, after):
        return {"reduced": [(R * F * area, after, F)]}

    return cost(*given, layers=layers)


def reduced_reads_the_input(*given):
    def layers(C, F, area, R, before, after):
        return {"reduced": [(C * R, before, R), (C * F * area, after, F)]}

    return cost(*given, layers=layers)


def last_layer_at_the_input(*given):
    def layers(C, F, area, R, before, after):
        return {"bottleneck": [(C * R, before, R), (R * R * area, after, R), (R * F, before, F)]}

    return cost(*given, layers=layers)


# --- inception_forward ---------------------------------------------------------------------------

inception_forward = Exercise("inception_forward", points=4)


def images(rng, n, c, h, w):
    """Return images that are negative in one corner and positive in the opposite one."""
    x = normal(rng, n, c, h, w)
    x[0, :, :2, :2] = -0.1 - np.abs(x[0, :, :2, :2])
    x[0, :, -1, -1] = 0.1 + np.abs(x[0, :, -1, -1])
    return x


def block(rng, c, a, p, b, q, d, e):
    """Return the six kernels of a block.

    The last path's first map is on where all pixels around are negative, off where some are not.
    """
    sizes = (a, c, 1), (p, c, 1), (b, p, 3), (q, c, 1), (d, q, 5), (e, c, 1)
    kernels = [normal(rng, f, g, k, k) / (g * k) ** 0.5 for f, g, k in sizes]
    kernels[5][0] = -np.abs(kernels[5][0])
    return kernels


def dark(rng, *shape):
    return -1.0 - np.abs(normal(rng, *shape))


def seen_in_the_dark(kernels):
    """Turn signs so that on negative images the first map of each kernel is on, the second off.

    The last path's maps are all on.
    """
    for kernel in kernels:
        sign = 1 if kernel.shape[-1] > 1 else -1
        kernel[0] = sign * np.abs(kernel[0])
        kernel[1:2] = -sign * np.abs(kernel[1:2])
    kernels[5] = -0.2 * np.abs(kernels[5])
    return kernels


def pixel(*values):
    return np.array(values).reshape(-1, 1, 1, 1)


def middle(value, size):
    w = np.zeros((1, 1, size, size))
    w[0, 0, size // 2, size // 2] = value
    return w


HAND = (
    middle(3.0, 1),
    middle(1.0, 1),
    middle(-1.0, 3),
    middle(-1.0, 1),
    middle(4.0, 5),
    middle(0.5, 1),
)


@inception_forward.check()
def by_hand(rng):
    """Gives (6, 0, 0, 1) for the pixel 2, and (0, 0, 8, 0) for -2, in the worked example."""
    yield pixel(2.0, -2.0), *HAND


@inception_forward.check(weight=2)
def four_paths(rng):
    """Computes the four paths and puts their maps behind each other."""
    yield images(rng, 2, 3, 4, 3), *block(rng, 3, 2, 2, 3, 2, 1, 2)
    yield images(rng, 1, 2, 4, 5), *block(rng, 2, 1, 3, 2, 2, 2, 1)


@inception_forward.check()
def dark_images(rng):
    """Takes the largest pixel of each neighbourhood, at the border too, where all are negative."""
    yield dark(rng, 2, 2, 4, 5), *seen_in_the_dark(block(rng, 2, 2, 2, 2, 2, 2, 2))


@inception_forward.check()
def small_images(rng):
    """Keeps the size of images that are smaller than a window."""
    yield images(rng, 3, 2, 2, 3), *block(rng, 2, 2, 1, 1, 2, 2, 1)
    yield images(rng, 2, 2, 1, 4), *block(rng, 2, 1, 2, 2, 2, 1, 3)


@inception_forward.check(weight=2, hidden=True)
def any_block_of_paths(rng):
    """Is right for any images and kernels."""
    yield images(rng, 3, 2, 6, 5), *block(rng, 2, 3, 2, 2, 3, 4, 2)
    yield images(rng, 1, 4, 3, 7), *block(rng, 4, 1, 2, 4, 2, 2, 3)
    yield dark(rng, 1, 3, 5, 5), *seen_in_the_dark(block(rng, 3, 2, 2, 2, 2, 2, 2))


inception_forward.in_other_dress(four_paths)

# --- inception_backward --------------------------------------------------------------------------

inception_backward = Exercise("inception_backward", points=4)


def back(rng, n, h, w, c, a, p, b, q, d, e):
    """Return a gradient, images and kernels."""
    kernels = block(rng, c, a, p, b, q, d, e)
    return normal(rng, n, a + b + d + e, h, w), images(rng, n, c, h, w), *kernels


@inception_backward.check()
def by_hand(rng):
    """Gives 3.5, 2 and 2, and zeros, in the worked example."""
    yield np.ones((1, 4, 1, 1)), pixel(2.0), *HAND


@inception_backward.check(weight=3, observe="item")
def gradient_of_the_images(rng):
    """Adds up what the four paths send back to the images."""
    yield 0, *back(rng, 2, 3, 4, 3, 2, 2, 3, 2, 1, 2)
    yield 0, *back(rng, 1, 4, 3, 2, 1, 3, 2, 1, 3, 2)


@inception_backward.check(weight=2, notices=("pool-passes-everything",))
def gradients_of_the_kernels(rng):
    """Gives each kernel its gradient, in the order of the kernels."""
    yield back(rng, 2, 3, 4, 2, 2, 1, 3, 2, 2, 1)


@inception_backward.check()
def dark_images_back(rng):
    """Sends the gradient of a maximum to its pixel, where all pixels are negative."""
    dy, _, *kernels = back(rng, 2, 3, 4, 2, 2, 2, 2, 2, 2, 2)
    yield dy, dark(rng, 2, 2, 3, 4), *seen_in_the_dark(kernels)


@inception_backward.check(exact=True)
def nothing_at_zero(rng):
    """Lets nothing through a ReLU whose input is exactly zero."""
    dy, x, *kernels = back(rng, 1, 2, 3, 2, 2, 2, 1, 1, 1, 2)
    for k in (1, 3):  # no path is off everywhere
        kernels[k][0] = -np.abs(kernels[k][0])
        kernels[k + 1] = np.abs(kernels[k + 1])
    kernels[0][1] = 0.0
    kernels[5][1] = 0.0
    yield dy, x, *kernels
    dy, x, *kernels = back(rng, 2, 4, 4, 2, 2, 3, 2, 3, 2, 2)
    x[:, :, 1:3, 2] = 0.0  # pixels at which the narrow maps are zero
    yield dy, x, *kernels


@inception_backward.check(weight=3, hidden=True)
def any_paths_back(rng):
    """Is right for any images and kernels."""
    yield back(rng, 3, 4, 3, 2, 3, 2, 2, 2, 4, 1)
    yield back(rng, 1, 1, 5, 3, 2, 2, 1, 3, 2, 2)


inception_backward.in_other_dress(gradients_of_the_kernels)

# --- googlenet_shapes ----------------------------------------------------------------------------

googlenet_shapes = Exercise("googlenet_shapes", points=4, needs=("trace_layers",))

GOOGLENET = [
    (64, 96, 128, 16, 32, 32),
    (128, 128, 192, 32, 96, 64),
    "pool",
    (192, 96, 208, 16, 48, 64),
    (160, 112, 224, 24, 64, 64),
    (128, 128, 256, 24, 64, 64),
    (112, 144, 288, 32, 64, 64),
    (256, 160, 320, 32, 128, 128),
    "pool",
    (256, 160, 320, 32, 128, 128),
    (384, 192, 384, 48, 128, 128),
]


def module(rng):
    """Return six numbers, no two alike."""
    return tuple(int(n) for n in rng.permutation(np.arange(3, 20))[:6])


@googlenet_shapes.check(exact=True)
def by_hand(rng):
    """Gives the shapes and the 126,179 parameters of the worked example."""
    yield [(4, 2, 3, 1, 2, 1)], 32, 10


@googlenet_shapes.check(weight=2, exact=True)
def the_papers_googlenet(rng):
    """Finds GoogLeNet's shapes and its 6,998,552 parameters."""
    yield (GOOGLENET,)


@googlenet_shapes.check(weight=2, exact=True)
def other_modules(rng):
    """Feeds each block with the maps of the one before, and halves the image in each pool."""
    yield [module(rng), module(rng)], 64, number(rng, 5, 9)
    yield ["pool", module(rng), "pool", module(rng)], 96, number(rng, 5, 9)
    yield [module(rng), "pool", "pool"], 96, number(rng, 5, 9)


@googlenet_shapes.check(exact=True)
def odd_images(rng):
    """Follows images whose sides leave something over."""
    yield [module(rng), "pool", module(rng)], 71, 10
    yield [], 33 + 2 * number(rng, 0, 3), 7


@googlenet_shapes.check(weight=2, hidden=True, exact=True)
def any_googlenet(rng):
    """Is right for any modules, images and classes."""
    yield [module(rng), "pool", module(rng), module(rng), "pool"], 101, number(rng, 2, 20)
    yield [module(rng)], 40 + number(rng, 0, 9), number(rng, 2, 20)
    yield [*GOOGLENET[:3], module(rng)], 128, 100


def google(modules, side=224, classes=1000, **ideas):
    """Count as asked, save for the ideas given."""
    stem = [
        ("conv", 64, 7, 2, 3),
        ("pool", 3, 2, 1),
        ("conv", 64, 1, 1, 0),
        ("conv", 192, 3, 1, 1),
        ("pool", 3, 2, 1),
    ]
    shapes, counts = traced(stem, (3, side, side))
    total = sum(counts) - ideas.get("stem", 0)
    for m in modules:
        C, H, W = shapes[-1]
        C = ideas.get("reads", C)
        if m == "pool":
            shapes += traced([ideas.get("pool", ("pool", 3, 2, 1))], shapes[-1])[0]
            continue
        one, r3, three, r5, five, last = m
        given = {
            "one": one * (C + 1),
            "reduce3": r3 * (C + 1),
            "three": three * (9 * r3 + 1),
            "reduce5": r5 * (C + 1),
            "five": five * (25 * r5 + 1),
            "project": last * (C + 1),
        }
        given |= ideas.get("change", lambda C, m: {})(C, m)
        total += sum(given.values())
        shapes.append((ideas.get("maps", lambda m: m[0] + m[2] + m[4] + m[5])(m), H, W))
    C, H, W = shapes[-1]
    total += classes * (ideas.get("head", lambda C, H, W: C)(C, H, W) + ideas.get("bias", 1))
    return [*shapes, *ideas.get("mean", lambda C, H, W: [(C,)])(C, H, W), (classes,)], total


def all_six_concatenated(*given):
    return google(*given, maps=sum)


def pool_keeps_its_channels(modules, side=224, classes=1000):
    """Leave out the 1 × 1 behind the pool of each block."""
    shapes, total = google([], side, classes)
    shapes, total = shapes[:-2], total - classes * (192 + 1)
    for m in modules:
        C, H, W = shapes[-1]
        if m == "pool":
            shapes += traced([("pool", 3, 2, 1)], (C, H, W))[0]
            continue
        one, r3, three, r5, five, _ = m
        total += (one + r3 + r5) * (C + 1) + three * (9 * r3 + 1) + five * (25 * r5 + 1)
        shapes.append((one + three + five + C, H, W))
    C = shapes[-1][0]
    return [*shapes, (C,), (classes,)], total + classes * (C + 1)


def windows_read_the_input(*given):
    return google(
        *given,
        change=lambda C, m: {"three": m[2] * (9 * C + 1), "five": m[4] * (25 * C + 1)},
    )


def every_block_reads_the_stem(*given):
    return google(*given, reads=192)


def projection_not_concatenated(*given):
    return google(*given, maps=lambda m: m[0] + m[2] + m[4])


def reductions_forgotten(*given):
    return google(*given, change=lambda C, m: {"reduce3": 0, "reduce5": 0})


def five_is_three(*given):
    return google(*given, change=lambda C, m: {"five": m[4] * (9 * m[3] + 1)})


def reductions_exchanged(*given):
    return google(
        *given,
        change=lambda C, m: {"three": m[2] * (9 * m[3] + 1), "five": m[4] * (25 * m[1] + 1)},
    )


def batch_norm_for_biases(*given):
    def change(C, m):
        one, r3, three, r5, five, last = m
        return {
            "one": one * (C + 2),
            "reduce3": r3 * (C + 2),
            "three": three * (9 * r3 + 2),
            "reduce5": r5 * (C + 2),
            "five": five * (25 * r5 + 2),
            "project": last * (C + 2),
        }

    return google(*given, change=change, stem=-320)


def as_pytorch_has_it(*given):
    def change(C, m):
        one, r3, three, r5, five, last = m
        return {
            "one": one * (C + 2),
            "reduce3": r3 * (C + 2),
            "three": three * (9 * r3 + 2),
            "reduce5": r5 * (C + 2),
            "five": five * (9 * r5 + 2),
            "project": last * (C + 2),
        }

    return google(*given, change=change, stem=-320)


def convolutions_without_biases(*given):
    def change(C, m):
        one, r3, three, r5, five, last = m
        return {
            "one": one * C,
            "reduce3": r3 * C,
            "three": three * 9 * r3,
            "reduce5": r5 * C,
            "five": five * 25 * r5,
            "project": last * C,
        }

    return google(*given, change=change, stem=320)


def blocks_without_biases(*given):
    def change(C, m):
        one, r3, three, r5, five, last = m
        return {
            "one": one * C,
            "reduce3": r3 * C,
            "three": three * 9 * r3,
            "reduce5": r5 * C,
            "five": five * 25 * r5,
            "project": last * C,
        }

    return google(*given, change=change)


def head_reads_all_pixels(*given):
    return google(*given, head=lambda C, H, W: C * H * W)


def head_without_biases(*given):
    return google(*given, bias=0)


def pools_two_by_two(*given):
    return google(*given, pool=("pool", 2, 2, 0))


def pools_not_padded(*given):
    return google(*given, pool=("pool", 3, 2, 0))


def pool_with_stride_one(*given):
    return google(*given, pool=("pool", 3, 1, 1))


def mean_keeps_its_axes(*given):
    return google(*given, mean=lambda C, H, W: [(C, 1, 1)])


def mean_not_listed(*given):
    return google(*given, mean=lambda C, H, W: [])


def stem_not_counted(*given):
    return google(*given, stem=124416)


# --- residual_forward ----------------------------------------------------------------------------

residual_forward = Exercise("residual_forward", points=4)


def same(rng, n, c, h, w):
    """Return images and the kernels of a block that keeps their shape."""
    scale = (9 * c) ** 0.5
    return (
        normal(rng, n, c, h, w),
        1.5 * normal(rng, c, c, 3, 3) / scale,
        1.5 * normal(rng, c, c, 3, 3) / scale,
    )


def changing(rng, n, c, f, h, w, stride):
    """Return images and the kernels of a block that changes their shape."""
    w1 = 1.5 * normal(rng, f, c, 3, 3) / (9 * c) ** 0.5
    w2 = 1.5 * normal(rng, f, f, 3, 3) / (9 * f) ** 0.5
    return normal(rng, n, c, h, w), w1, w2, normal(rng, f, c, 1, 1), stride


@residual_forward.check()
def by_hand(rng):
    """Gives (1, 0), and (5, 0) with the projection, in the worked example."""
    x, w1, w2 = pixel(2.0, -2.0), middle(1.0, 3), middle(-0.5, 3)
    yield x, w1, w2
    yield x, w1, w2, middle(3.0, 1)


@residual_forward.check(weight=2)
def identity(rng):
    """Adds the input itself to the branch, before the last ReLU."""
    yield same(rng, 2, 3, 4, 5)
    yield same(rng, 1, 2, 6, 3)


@residual_forward.check(weight=2)
def projected(rng):
    """Projects where channels or sizes change, with the stride of the block."""
    yield changing(rng, 2, 2, 3, 3, 2, 1)
    yield changing(rng, 2, 3, 2, 5, 4, 2)
    yield changing(rng, 1, 2, 2, 7, 5, 3)


@residual_forward.check()
def branch_of_zeros(rng):
    """Gives the rectified shortcut where the second kernels are zero."""
    x, w1, w2 = same(rng, 2, 2, 3, 4)
    yield x, w1, 0 * w2
    x, w1, w2, projection, stride = changing(rng, 1, 2, 3, 5, 5, 2)
    yield x, w1, 0 * w2, projection, stride


@residual_forward.check(weight=2, hidden=True)
def any_residual_block(rng):
    """Is right for any block."""
    yield same(rng, 3, 4, 5, 5)
    yield changing(rng, 2, 1, 4, 3, 7, 2)
    yield changing(rng, 1, 3, 3, 4, 4, 1)
    x, w1, w2 = same(rng, 1, 3, 1, 4)
    yield x, w1, 0 * w2


residual_forward.in_other_dress(projected)


def convolved(x, w, stride=1, padding=0):
    """Convolve images with kernels."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    seen = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    seen = seen[:, :, ::stride, ::stride]
    return np.moveaxis(np.tensordot(seen, w, ((1, 4, 5), (1, 2, 3))), 3, 1)


def zeros_for_new_channels(x, w1, w2, projection=None, stride=1):
    hidden = np.maximum(convolved(x, w1, stride, 1), 0)
    branch = convolved(hidden, w2, 1, 1)
    shortcut = np.zeros_like(branch)
    kept = min(x.shape[1], len(w1))
    shortcut[:, :kept] = x[:, :kept, ::stride, ::stride]
    return np.maximum(shortcut + branch, 0)


def preactivated(x, w1, w2, projection=None, stride=1):
    on = np.maximum(x, 0)
    branch = convolved(np.maximum(convolved(on, w1, stride, 1), 0), w2, 1, 1)
    shortcut = x if projection is None else convolved(on, projection, stride)
    return shortcut + branch


def preactivated_with_raw_shortcut(x, w1, w2, projection=None, stride=1):
    on = np.maximum(x, 0)
    branch = convolved(np.maximum(convolved(on, w1, stride, 1), 0), w2, 1, 1)
    shortcut = x if projection is None else convolved(x, projection, stride)
    return shortcut + branch


def projection_where_it_is_needed(x, w1, w2, projection=None, stride=1):
    branch = convolved(np.maximum(convolved(x, w1, stride, 1), 0), w2, 1, 1)
    same = branch.shape == x.shape
    return np.maximum((x if same else convolved(x, projection, stride)) + branch, 0)


def stride_in_the_second(x, w1, w2, projection=None, stride=1):
    hidden = np.maximum(convolved(x, w1, 1, 1), 0)
    branch = convolved(hidden, w2, stride, 1)
    shortcut = x if projection is None else convolved(x, projection, stride)
    return np.maximum(shortcut + branch, 0)


def mean_before_projection(x, w1, w2, projection=None, stride=1):
    hidden = np.maximum(convolved(x, w1, stride, 1), 0)
    branch = convolved(hidden, w2, 1, 1)
    if projection is None:
        return np.maximum(x + branch, 0)
    N, C, H, W = x.shape
    OH, OW = branch.shape[2:]
    wide = np.full((N, C, OH * stride, OW * stride), np.nan, x.dtype)
    wide[:, :, :H, :W] = x
    pooled = np.nanmean(wide.reshape(N, C, OH, stride, OW, stride), axis=(3, 5))
    return np.maximum(convolved(pooled.astype(x.dtype), projection) + branch, 0)


# --- residual_backward ---------------------------------------------------------------------------

residual_backward = Exercise("residual_backward", points=5)


def gradient_for(rng, x, w1, w2, projection=None, stride=1):
    """Put a gradient of the block's output before its arguments."""
    rows, columns = ((size - 1) // stride + 1 for size in x.shape[2:])
    dy = normal(rng, len(x), len(w1), rows, columns)
    return (dy, x, w1, w2) if projection is None else (dy, x, w1, w2, projection, stride)


@residual_backward.check()
def by_hand(rng):
    """Gives 0.5, -1 and 2, and 2.5 and 2 with the projection, in the worked example."""
    given = pixel(1.0), pixel(2.0), middle(1.0, 3), middle(-0.5, 3)
    yield given
    yield *given, middle(3.0, 1)


@residual_backward.check(weight=3, observe="item")
def gradient_past_the_branch(rng):
    """Sends the gradient through the branch and past it, and adds the two."""
    yield 0, *gradient_for(rng, *same(rng, 2, 2, 3, 4))
    yield 0, *gradient_for(rng, *same(rng, 1, 3, 3, 2))


@residual_backward.check(weight=2, observe="item")
def gradient_through_the_projection(rng):
    """Sends the gradient back through projection and stride."""
    yield 0, *gradient_for(rng, *changing(rng, 2, 2, 1, 3, 2, 1))
    yield 0, *gradient_for(rng, *changing(rng, 2, 2, 3, 4, 3, 2))


@residual_backward.check(weight=2, notices=("projection-sees-rectified-images",))
def gradients_of_all_kernels(rng):
    """Gives the gradients of both kernels and of the projection, and None where there is none."""
    yield gradient_for(rng, *same(rng, 2, 2, 2, 3))
    yield gradient_for(rng, *changing(rng, 2, 1, 2, 3, 4, 2))


@residual_backward.check()
def branch_of_zeros_back(rng):
    """Sends back what the shortcut lets through where the second kernels are zero."""
    x, w1, w2 = same(rng, 2, 2, 3, 4)
    yield gradient_for(rng, x, w1, 0 * w2)


@residual_backward.check(exact=True, notices=("last-relu-asks-the-shortcut",))
def closed_at_zero(rng):
    """Lets nothing through a ReLU whose input is exactly zero."""
    x, w1, w2 = same(rng, 1, 2, 3, 4)
    w1[0], w1[1] = 0.5 * w1[0], 0.0
    yield gradient_for(rng, x, w1, w2)
    x, w1, w2 = same(rng, 2, 2, 2, 2)
    x[0, :, 1] = 0.0
    yield gradient_for(rng, x, w1, 0 * w2)


@residual_backward.check(weight=3, hidden=True)
def any_residual_gradient(rng):
    """Is right for any block."""
    yield gradient_for(rng, *same(rng, 3, 3, 5, 4))
    yield gradient_for(rng, *changing(rng, 1, 4, 2, 7, 3, 3))
    yield gradient_for(rng, *changing(rng, 2, 2, 2, 3, 4, 1))
    x, w1, w2 = same(rng, 1, 3, 2, 2)
    yield gradient_for(rng, x, w1, 0 * w2)


residual_backward.in_other_dress(gradients_of_all_kernels)


def halved_from_the_sum_on(dy, x, w1, w2, projection=None, stride=1):
    return back_through(dy / 2, x, w1, w2, projection, stride)


def back_through(dy, x, w1, w2, projection, stride, **ideas):
    """Carry a gradient back as asked, save for the ideas given."""
    z = convolved(x, w1, stride, 1)
    hidden = np.maximum(z, 0)
    shortcut = x if projection is None else convolved(x, projection, stride)
    d = dy * (shortcut + convolved(hidden, w2, 1, 1) > 0)
    dhidden, dw2 = convolved_back(d, hidden, w2, 1, 1)
    dx, dw1 = convolved_back(dhidden * (z > 0), x, w1, stride, 1)
    dp, past = None, d
    if projection is not None:
        past, dp = convolved_back(d, x, projection, stride, 0)
    dtype = x.dtype
    found = [a if a is None else a.astype(dtype) for a in (dx + past, dw1, dw2, dp)]
    return tuple(found)


def convolved_back(dy, x, w, stride, padding):
    """Return the gradients of images and kernels."""
    dw, room = np.zeros_like(w), np.pad(np.zeros_like(x), [(0, 0)] * 2 + [(padding, padding)] * 2)
    wide = np.pad(x, [(0, 0)] * 2 + [(padding, padding)] * 2)
    rows, columns = dy.shape[2:]
    for u, v in np.ndindex(*w.shape[2:]):
        at = np.s_[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]
        dw[:, :, u, v] = np.einsum("nfij,ncij->fc", dy, wide[at][:, :, :rows, :columns])
        room[at] += np.einsum("nfij,fc->ncij", dy, w[:, :, u, v])
    return room[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]], dw


# --- name_shortcut -------------------------------------------------------------------------------

name_shortcut = Exercise("name_shortcut", points=3)


def joined(name, x, f):
    """Return what a block of that name gives."""
    if name == "dense":
        return np.concatenate([x, f], axis=1)
    return {
        "plain": lambda: np.maximum(f, 0),
        "original": lambda: np.maximum(x + f, 0),
        "late": lambda: x + np.maximum(f, 0),
        "pre-activation": lambda: x + f,
    }[name]()


NAMES = ("plain", "original", "late", "pre-activation", "dense")


def signed(rng, *shape):
    """Return numbers of both signs, none of them near 0; a quarter of the pairs in each quadrant.

    The signs go through all pairs for x and f together if their shapes are the same.
    """
    sizes = rng.uniform(0.5, 2.0, (2, *shape))
    sizes[1] *= rng.permuted(np.resize([0.5, 2.0], shape).ravel()).reshape(shape)
    signs = np.array([[1, 1, -1, -1], [1, -1, 1, -1]])
    count = math.prod(shape)
    order = np.concatenate([np.arange(4), rng.integers(0, 4, max(count - 4, 0))])[:count]
    x, f = (signs[k][order].reshape(shape) * sizes[k] for k in range(2))
    x.flat[:4], f.flat[:4] = [1.0, 1.0, -1.0, -2.0], [0.5, -2.0, 2.0, -0.7]
    return x, f


@name_shortcut.check(exact=True)
def by_hand(rng):
    """Gives the names of the five blocks of the worked example."""
    x, f = pixel(2.0, -2.0), pixel(-3.0, 1.0)
    for y in ((0.0, 1.0), (0.0, 0.0), (2.0, -1.0), (-1.0, -1.0), (0.0, 0.5)):
        yield x, f, pixel(*y)


@name_shortcut.check(weight=2, exact=True)
def each_block(rng):
    """Names each kind of block."""
    for name in NAMES:
        x, f = signed(rng, 2, 3, 3, 2)
        yield x, f, joined(name, x, f)


@name_shortcut.check(exact=True)
def several_names_fit(rng):
    """Gives the first name that fits, where several do."""
    x, f = (0.2 * np.abs(a) for a in signed(rng, 2, 2, 2, 2))
    yield x, f, x + f
    yield 0 * x, f, f
    yield -x, -f - 3, 0 * x
    x, f = signed(rng, 2, 2, 2, 2)
    yield x, np.abs(f), x + np.abs(f)


@name_shortcut.check(exact=True)
def nothing_negative(rng):
    """Names each block where what came in has no negative number, as behind a ReLU."""
    for name in ("plain", "original", "late", "dense"):
        x, f = signed(rng, 2, 2, 3, 2)
        x, f = np.abs(x), np.abs(f) if name == "dense" else f
        yield x, f, joined(name, x, f)


@name_shortcut.check(exact=True)
def nearly(rng):
    """Takes numbers for the same that differ by a little less than the limit, and not by more."""
    x, f = signed(rng, 2, 2, 2, 2)
    yield 1000 * x, 1000 * f, joined("late", 1000 * x, 1000 * f) + 1e-3
    for name in NAMES:
        x, f = signed(rng, 2, 2, 3, 2)
        y = joined(name, x, f)
        off = np.zeros_like(y)
        off.flat[-1] = 1e-4
        yield x, f, y + 0.95 * off
        yield x, f, y - 1.05 * off
        yield x, f, y + 0.95e-4
        yield x, f, y + 2e-4
    f = np.abs(f)
    yield 5e-5 * np.ones_like(f), f, f + 5e-5  # a later one is nearer


@name_shortcut.check(exact=True)
def other_shapes(rng):
    """Knows a dense block by its channels, and nothing where no shape fits."""
    x, _ = signed(rng, 2, 3, 2, 2)
    f, _ = signed(rng, 2, 2, 2, 2)
    yield x, f, np.concatenate([x, f], axis=1)
    yield x, f, np.concatenate([f, x], axis=1)
    yield x, f, np.maximum(f, 0)
    yield x, f, x
    yield x[:, :1], f, x[:, :1] + f
    x, f = signed(rng, 2, 2, 2, 2)
    yield x, f, np.concatenate([x, f, f], axis=1)
    yield x, f, np.concatenate([x, np.maximum(f, 0)], axis=1)
    yield 2 * x, 2 * f, 2 * (np.maximum(x, 0) + np.maximum(f, 0))


@name_shortcut.check(weight=2, hidden=True, exact=True)
def any_arrays(rng):
    """Is right for any arrays."""
    for name in NAMES:
        x, f = signed(rng, 1, 4, 2, 3)
        y = joined(name, x, f)
        yield x, f, y
        y = y.copy()
        y.flat[number(rng, 8, y.size - 1)] += 0.3
        yield x, f, y
    x, f = signed(rng, 3, 2, 2, 2)
    yield x, np.abs(f), x + np.abs(f)
    yield x, f[:, :1], np.concatenate([x, f[:, :1]], axis=1)


name_shortcut.in_other_dress(each_block, keeps=False)


def shortcut_by(x, f, y, **ideas):
    """Name as asked, save for the ideas given."""
    guesses = {"plain": np.maximum(f, 0)}
    if x.shape == f.shape:
        guesses["original"] = np.maximum(x + f, 0)
        guesses["late"] = x + np.maximum(f, 0)
        guesses["pre-activation"] = x + f
    guesses["dense"] = np.concatenate([x, f], axis=1)
    guesses |= ideas.get("change", lambda x, f: {})(x, f)
    fits = ideas.get("fits", lambda gap: np.all(np.abs(gap) <= 1e-4))
    for name in ideas.get("order", lambda names: names)(list(guesses)):
        if guesses[name].shape == y.shape and fits(guesses[name] - y):
            return ideas.get("say", {}).get(name, name)
    return ideas.get("say", {}).get("unknown", "unknown")


def last_name_that_fits(x, f, y):
    return shortcut_by(x, f, y, order=lambda names: names[::-1])


def pre_activation_first(x, f, y):
    def order(names):
        return sorted(names, key=lambda name: name != "pre-activation")

    return shortcut_by(x, f, y, order=order)


def late_before_original(x, f, y):
    def order(names):
        return sorted(names, key=lambda name: (*NAMES[:1], "late", "original").index(name)
                      if name in NAMES[:3] else 3)  # fmt: skip

    return shortcut_by(x, f, y, order=order)


def plain_comes_last(x, f, y):
    return shortcut_by(x, f, y, order=lambda names: [*names[1:], names[0]])


def on_average(x, f, y):
    return shortcut_by(x, f, y, fits=lambda gap: abs(gap.mean()) <= 1e-4)


def mean_gap(x, f, y):
    return shortcut_by(x, f, y, fits=lambda gap: np.abs(gap).mean() <= 1e-4)


def first_image_is_enough(x, f, y):
    return shortcut_by(x, f, y, fits=lambda gap: np.all(np.abs(gap[0]) <= 1e-4))


def some_numbers_are_enough(x, f, y):
    return shortcut_by(x, f, y, fits=lambda gap: np.any(np.abs(gap) <= 1e-4))


def signs_of_the_gaps(x, f, y):
    return shortcut_by(x, f, y, fits=lambda gap: np.all(gap <= 1e-4))


def to_the_last_bit(x, f, y):
    return shortcut_by(x, f, y, fits=lambda gap: np.all(gap == 0))


def allclose_with_its_own(x, f, y):
    return shortcut_by(x, f, y, fits=lambda gap: np.all(np.abs(gap) <= 1e-4 + 1e-5 * np.abs(y)))


def a_thousandth_is_near(x, f, y):
    return shortcut_by(x, f, y, fits=lambda gap: np.all(np.abs(gap) <= 1e-3))


def branch_first(x, f, y):
    return shortcut_by(x, f, y, change=lambda x, f: {"dense": np.concatenate([f, x], axis=1)})


def dense_is_rectified(x, f, y):
    return shortcut_by(
        x, f, y, change=lambda x, f: {"dense": np.concatenate([x, np.maximum(f, 0)], axis=1)}
    )


def by_channels_alone(x, f, y):
    if y.shape[1] == x.shape[1] + f.shape[1]:
        return "dense"
    return shortcut_by(x, f, y)


def late_means_two_relus(x, f, y):
    def change(x, f):
        same = x.shape == f.shape
        return {"late": np.maximum(x, 0) + np.maximum(f, 0)} if same else {}

    return shortcut_by(x, f, y, change=change)


def plain_has_no_relu(x, f, y):
    return shortcut_by(x, f, y, change=lambda x, f: {"plain": f})


def plain_is_the_input(x, f, y):
    return shortcut_by(x, f, y, change=lambda x, f: {"plain": x})


def late_and_original_exchanged(x, f, y):
    return shortcut_by(x, f, y, say={"late": "original", "original": "late"})


def pre_and_late_exchanged(x, f, y):
    return shortcut_by(x, f, y, say={"late": "pre-activation", "pre-activation": "late"})


def plain_asks_for_x(x, f, y):
    if x.shape != f.shape:
        return "dense" if shortcut_by(x, f, y) == "dense" else "unknown"
    return shortcut_by(x, f, y)


def broadcast(x, f, y):
    def change(x, f):
        try:
            both = {"original": np.maximum(x + f, 0), "late": x + np.maximum(f, 0)}
        except ValueError:
            return {}
        return both | {"pre-activation": x + f}

    return shortcut_by(x, f, y, change=change)


def no_negative_number_is_a_relu(x, f, y, left=("plain", "original", "dense")):
    if y.min() < 0:
        return shortcut_by(x, f, y)
    return shortcut_by(x, f, y, order=lambda names: [name for name in names if name in left])


def no_negative_number_is_nothing_else(x, f, y):
    return no_negative_number_is_a_relu(x, f, y, left=("plain", "original"))


def unknown_is_plain(x, f, y):
    return shortcut_by(x, f, y, say={"unknown": "plain"})


# --- resnet_shapes -------------------------------------------------------------------------------

resnet_shapes = Exercise("resnet_shapes", points=4)


@resnet_shapes.check(exact=True)
def by_hand(rng):
    """Gives the shapes, the 314,954 parameters and the 6 layers of the worked example."""
    yield [1, 1], False, 32, 10


@resnet_shapes.check(weight=2, exact=True)
def published_residual_nets(rng):
    """Finds the shapes and counts of the nets with 18, 34, 50, 101 and 152 layers."""
    yield from (
        ([2, 2, 2, 2], False),
        ([3, 4, 6, 3], False),
        ([3, 4, 6, 3], True),
        ([3, 4, 23, 3], True),
        ([3, 8, 36, 3], True),
    )


@resnet_shapes.check(exact=True)
def few_stages(rng):
    """Has a projection where the shape changes, and only there."""
    yield [1], False, 64, number(rng, 5, 9)
    yield [1], True, 64, number(rng, 5, 9)
    yield [2, 1, 1], True, 96, number(rng, 5, 9)


@resnet_shapes.check(exact=True)
def images_of_odd_sides(rng):
    """Follows images whose sides cannot be halved."""
    yield [1, 1, 1], False, 75, 10
    yield [2, 2], True, 37 + 4 * number(rng, 0, 3), 10
    yield [1, 1, 1, 1, 2], False, 160, 10


@resnet_shapes.check(weight=2, hidden=True, exact=True)
def any_residual_net(rng):
    """Is right for any net."""
    yield [number(rng, 2, 4) for _ in range(4)], True, 101, number(rng, 2, 99)
    yield [number(rng, 2, 4) for _ in range(3)], False, 64, number(rng, 2, 99)
    yield [number(rng, 2, 9), 3], True, 45, number(rng, 2, 99)


def residual_net(blocks, bottleneck, side=224, classes=1000, **ideas):
    """Count as asked, save for the ideas given."""
    shapes, _ = traced([("conv", 64, 7, 2, 3), ("pool", 3, 2, 1)], (3, side, side))
    shapes = ideas.get("stem", shapes)
    norm, bias = ideas.get("norm", 2), ideas.get("bias", 0)
    total = 64 * 3 * 49 + (norm + bias) * 64 if not ideas.get("no_stem") else 0
    for stage, count in enumerate(blocks):
        width = ideas.get("width", lambda stage: 64 * 2**stage)(stage)
        maps = ideas.get("expansion", 4) * width if bottleneck else width
        maps *= ideas.get("basic", 1) if not bottleneck else 1
        C, H, W = shapes[-1]
        halved = stage > 0 or ideas.get("halve_first")
        if ideas.get("per_block") and halved:
            for _ in range(count):
                H, W = (H + 1) // 2, (W + 1) // 2
        elif halved and not ideas.get("never"):
            half = ideas.get("half", lambda n: (n + 1) // 2)
            H, W = half(H), half(W)
        for number in range(count):
            inside = [(C, width, 1), (width, width, 9), (width, maps, 1)]
            if not bottleneck:
                inside = [(C, width, 9), (width, maps, 9)]
            inside = ideas.get("inside", lambda inside, C, width, maps, bottleneck: inside)(
                inside, C, width, maps, bottleneck
            )
            first = number == 0
            due = ideas.get("due", lambda first, stage, same: not same)(
                first, stage, maps == C and not (first and stage > 0)
            )
            extra = [(C, maps, ideas.get("window", 1))] if due else []
            total += sum(c * f * a + (norm + bias) * f for c, f, a in inside)
            total += sum(c * f * a + ideas.get("extra", norm + bias) * f for c, f, a in extra)
            C = maps
        shapes.append((C, H, W))
    shapes += ideas.get("mean", lambda C: [(C,)])(C)
    total += classes * (ideas.get("head", lambda C, H, W: C)(C, H, W) + ideas.get("last", 1))
    layers = (3 if bottleneck else 2) * sum(blocks) + 2
    depth = ideas.get("depth", lambda n, blocks, bottleneck: n)(layers, blocks, bottleneck)
    return [*shapes, (classes,)], total, depth


def projection_everywhere(*given):
    return residual_net(*given, due=lambda first, stage, same: True)


def projection_in_every_stage(*given):
    return residual_net(*given, due=lambda first, stage, same: first)


def projection_only_with_a_stride(*given):
    return residual_net(*given, due=lambda first, stage, same: first and stage > 0)


def no_projection(*given):
    return residual_net(*given, due=lambda first, stage, same: False)


def projection_of_three(*given):
    return residual_net(*given, window=9)


def projection_without_norm(*given):
    return residual_net(*given, extra=0)


def running_statistics_counted(*given):
    return residual_net(*given, norm=4)


def statistics_and_biases(*given):
    return residual_net(*given, norm=4, bias=1)


def biases_and_norms(*given):
    return residual_net(*given, bias=1)


def no_norms(*given):
    return residual_net(*given, norm=0)


def biases_for_norms(*given):
    return residual_net(*given, norm=0, bias=1)


def same_width(*given):
    return residual_net(*given, width=lambda stage: 64)


def expansion_in_basic_blocks(*given):
    return residual_net(*given, basic=4)


def no_expansion(*given):
    return residual_net(*given, expansion=1)


def expansion_of_two(*given):
    return residual_net(*given, expansion=2)


def first_stage_halves_too(*given):
    return residual_net(*given, halve_first=True)


def every_block_halves(*given):
    return residual_net(*given, per_block=True)


def never_halved(*given):
    return residual_net(*given, never=True)


def sides_rounded_down(*given):
    return residual_net(*given, half=lambda n: n // 2)


def all_sides_rounded_down(blocks, bottleneck, side=224, classes=1000):
    stem = [(64, side // 2, side // 2), (64, side // 4, side // 4)]
    return residual_net(blocks, bottleneck, side, classes, half=lambda n: n // 2, stem=stem)


def mean_keeps_axes(*given):
    return residual_net(*given, mean=lambda C: [(C, 1, 1)])


def head_flattened(*given):
    return residual_net(*given, head=lambda C, H, W: C * H * W)


def head_has_no_biases(*given):
    return residual_net(*given, last=0)


def stem_without_norm(*given):
    shapes, total, depth = residual_net(*given)
    return shapes, total - 128, depth


def stem_is_free(*given):
    return residual_net(*given, no_stem=True)


def depth_counts_blocks(*given):
    return residual_net(*given, depth=lambda n, blocks, bottleneck: sum(blocks) + 2)


def depth_without_the_ends(*given):
    return residual_net(*given, depth=lambda n, blocks, bottleneck: n - 2)


def depth_without_the_head(*given):
    return residual_net(*given, depth=lambda n, blocks, bottleneck: n - 1)


def depth_with_projections(*given):
    def depth(n, blocks, bottleneck):
        return n + len(blocks) - (not bottleneck)

    return residual_net(*given, depth=depth)


def depth_always_twice(*given):
    return residual_net(*given, depth=lambda n, blocks, bottleneck: 2 * sum(blocks) + 2)


def full_window_in_the_end(*given):
    def inside(inside, C, width, maps, bottleneck):
        return [(C, width, 1), (width, maps, 9)] if bottleneck else inside

    return residual_net(*given, inside=inside)


# --- squeeze_excite ------------------------------------------------------------------------------

squeeze_excite = Exercise("squeeze_excite", points=3)


def excited(rng, n, c, r, h, w):
    """Return images, weights and biases; the middle units are on for some images, off for others.

    For the first image the first is on, with or without its bias, the last of several is off, and
    the first score is 0.5. No channel's mean is near its largest number, nor near zero.
    """
    level = rng.permutation(np.linspace(-2.0, 2.0, c)).reshape(1, c, 1, 1)
    x = level + 0.5 * np.resize([1.0, -1.0], n).reshape(n, 1, 1, 1) + normal(rng, n, c, h, w)
    w1, w2 = normal(rng, r, c), 1.5 * normal(rng, c, r)
    w1[-1] = -(0.5 + np.abs(w1[-1])) * np.sign(x[0].mean(axis=(1, 2)))
    w1[0] = np.abs(w1[0]) * np.sign(x[0].mean(axis=(1, 2)))
    b1, b2 = rng.uniform(0.3, 0.8, r), rng.uniform(-1.0, -0.3, c)
    b2[0] = 0.5 - w2[0] @ np.maximum(w1 @ x[0].mean(axis=(1, 2)) + b1, 0)
    return x, w1, b1, w2, b2


@squeeze_excite.check()
def by_hand(rng):
    """Gives the gates 0.75 and 0.25 in the worked example."""
    x = np.array([[[[1.0, 3.0]], [[0.0, -4.0]]]])
    w2 = np.log(3.0) * np.array([[1.0], [-1.0]])
    yield x, np.array([[1.0, 0.5]]), np.zeros(1), w2, np.zeros(2)


@squeeze_excite.check(weight=2, notices=("last-scores-rectified",))
def gated(rng):
    """Finds the gates of each image and multiplies its channels by them."""
    yield excited(rng, 2, 3, 2, 2, 2)
    yield excited(rng, 2, 2, 3, 1, 3)


@squeeze_excite.check()
def units_that_are_off(rng):
    """Goes by the last biases alone where the middle units are off."""
    x, w1, b1, w2, b2 = excited(rng, 2, 3, 2, 2, 3)
    yield x, w1, b1 - 500.0, w2, -np.abs(b2)


@squeeze_excite.check(exact=True, atol=1e-9)
def scores_far_out(rng):
    """Opens and closes gates wholly for scores of 1000 and -1000."""
    x, w1, b1, w2, _ = excited(rng, 2, 4, 2, 2, 2)
    yield x, 0 * w1, b1, 0 * w2, np.array([1000.0, -1000.0, 0.0, 2.0])


@squeeze_excite.check(weight=2, hidden=True, notices=("scores-held-back",))
def any_gates(rng):
    """Is right for any images and weights."""
    yield excited(rng, 4, 5, 2, 4, 3)
    yield excited(rng, 1, 2, 4, 1, 3)
    x, w1, b1, w2, b2 = excited(rng, 3, 3, 1, 2, 2)
    yield x, w1, b1 - 500.0, w2, b2


squeeze_excite.in_other_dress(gated, notices=("last-scores-rectified", "scores-held-back"))


def gates_by(x, w1, b1, w2, b2, **ideas):
    """Gate as asked, save for the ideas given."""
    summary = ideas.get("summary", lambda x: x.mean(axis=(2, 3)))(x)
    middle = ideas.get("middle", lambda z: np.maximum(z, 0))(summary @ w1.T + b1)
    z = ideas.get("scores", lambda middle, w, b: middle @ w.T + b)(middle, w2, b2)
    small = np.exp(-np.abs(z))
    sigmoid = (np.where(z > 0, 1, small) / (1 + small)).astype(x.dtype)
    gates = ideas.get("gate", lambda z, s: s)(z, sigmoid).astype(x.dtype)
    y = ideas.get("apply", lambda x, g: x * g)(x, gates[:, :, np.newaxis, np.newaxis])
    return y, ideas.get("told", lambda g, z, m: g)(gates, z, middle)


def largest_pixel(*given):
    return gates_by(*given, summary=lambda x: x.max(axis=(2, 3)))


def sum_of_pixels(*given):
    return gates_by(*given, summary=lambda x: x.sum(axis=(2, 3)))


def one_summary_for_all(*given):
    def summary(x):
        return np.broadcast_to(x.mean(axis=(0, 2, 3)), x.shape[:2])

    return gates_by(*given, summary=summary)


def middle_not_rectified(*given):
    return gates_by(*given, middle=lambda z: z)


def middle_is_sigmoid(*given):
    return gates_by(*given, middle=lambda z: (1 / (1 + np.exp(-z))).astype(z.dtype))


def middle_is_tanh(*given):
    return gates_by(*given, middle=np.tanh)


def functions_exchanged(*given):
    return gates_by(
        *given,
        middle=lambda z: (1 / (1 + np.exp(-z))).astype(z.dtype),
        gate=lambda z, s: np.maximum(z, 0),
    )


def first_biases_behind_the_relu(x, w1, b1, w2, b2):
    return gates_by(x, w1, b1, w2, b2, middle=lambda z: np.maximum(z - b1, 0) + b1)


def softmax_gates(*given):
    def gate(z, s):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    return gates_by(*given, gate=gate)


def hard_gates(*given):
    return gates_by(*given, gate=lambda z, s: np.clip(z + 3, 0, 6) / 6)


def tanh_gates(*given):
    return gates_by(*given, gate=lambda z, s: np.tanh(z))


def relu_gates(*given):
    return gates_by(*given, gate=lambda z, s: np.maximum(z, 0))


def scores_for_gates(*given):
    return gates_by(*given, gate=lambda z, s: z)


def scores_returned(*given):
    return gates_by(*given, told=lambda g, z, m: z)


def gates_added(*given):
    return gates_by(*given, apply=lambda x, g: x + g)


def gates_beside_the_input(*given):
    return gates_by(*given, apply=lambda x, g: x + x * g)


def gates_closed_for_open(*given):
    return gates_by(*given, gate=lambda z, s: 1 - s)


def first_biases_forgotten(x, w1, b1, w2, b2):
    return gates_by(x, w1, 0 * b1, w2, b2)


def last_biases_forgotten(x, w1, b1, w2, b2):
    return gates_by(x, w1, b1, w2, 0 * b2)


def overflowing(*given):
    def gate(z, s):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.exp(z) / (1 + np.exp(z))

    return gates_by(*given, gate=gate)


def two_relus(*given):
    return gates_by(*given, scores=lambda middle, w, b: np.maximum(middle @ w.T + b, 0))


def gates_per_pixel(x, w1, b1, w2, b2):
    z = np.einsum("cr,nrij->ncij", w2, np.maximum(
        np.einsum("rc,ncij->nrij", w1, x) + b1[:, None, None], 0)) + b2[:, None, None]  # fmt: skip
    g = 1 / (1 + np.exp(-z))
    return (x * g).astype(x.dtype), g.mean(axis=(2, 3)).astype(x.dtype)


# --- patchify ------------------------------------------------------------------------------------

patchify = Exercise("patchify", points=2)


@patchify.check(exact=True)
def by_hand(rng):
    """Gives the two patches of the worked example."""
    first = np.arange(1.0, 11.0).reshape(2, 5)
    yield np.stack([first, first + 10])[np.newaxis], 2


@patchify.check(weight=2, exact=True)
def into_patches(rng):
    """Cuts images that are not square into patches, line by line."""
    yield normal(rng, 2, 3, 4, 6), 2
    yield normal(rng, 1, 2, 9, 6), 3


@patchify.check(exact=True)
def rows_and_columns_left_over(rng):
    """Leaves out rows and columns at the end that fill no patch."""
    yield normal(rng, 2, 2, 5, 7), 2
    yield normal(rng, 1, 2, 8, 5), 3


@patchify.check(exact=True)
def smallest_and_largest(rng):
    """Takes patches of a single pixel, and the whole image as one patch."""
    yield normal(rng, 2, 3, 2, 3), 1
    yield normal(rng, 2, 2, 4, 4), 4


@patchify.check(weight=2, hidden=True, exact=True)
def any_patches(rng):
    """Is right for any images and patches."""
    yield normal(rng, 3, 2, 8, 6), 2
    yield normal(rng, 1, 4, 10, 7), 3
    yield normal(rng, 2, 1, 4, 9), 4


patchify.in_other_dress(into_patches)


def cut(images, size, axes=(0, 2, 4, 1, 3, 5), starts=(0, 0)):
    """Cut as asked, but with the axes of (N, C, row, i, column, j) in another order."""
    N, C = images.shape[:2]
    down, across = starts
    images = images[:, :, down:, across:]
    rows, columns = images.shape[2] // size, images.shape[3] // size
    kept = images[:, :, : rows * size, : columns * size]
    kept = kept.reshape(N, C, rows, size, columns, size).transpose(axes)
    return kept.reshape(N, rows * columns, C * size * size)


def channel_last(images, size):
    return cut(images, size, (0, 2, 4, 3, 5, 1))


def patches_by_columns(images, size):
    return cut(images, size, (0, 4, 2, 1, 3, 5))


def pixels_by_columns(images, size):
    return cut(images, size, (0, 2, 4, 1, 5, 3))


def both_by_columns(images, size):
    return cut(images, size, (0, 4, 2, 1, 5, 3))


def every_nth_pixel(images, size):
    N, C, H, W = images.shape
    rows, columns = H // size, W // size
    kept = images[:, :, : rows * size, : columns * size]
    kept = kept.reshape(N, C, size, rows, size, columns).transpose(0, 3, 5, 1, 2, 4)
    return kept.reshape(N, rows * columns, C * size * size)


def only_reshaped(images, size):
    N, C, H, W = images.shape
    rows, columns = H // size, W // size
    kept = images[:, :, : rows * size, : columns * size]
    return kept.reshape(N, rows * columns, C * size * size).copy()


def channels_are_patches(images, size):
    N, C, H, W = images.shape
    rows, columns = H // size, W // size
    kept = images[:, :, : rows * size, : columns * size].reshape(N, C, rows, size, columns, size)
    return kept.transpose(0, 1, 2, 4, 3, 5).reshape(N, rows * columns, C * size * size)


def first_rows_left_out(images, size):
    return cut(images, size, starts=(images.shape[2] % size, images.shape[3] % size))


def padded_to_fit(images, size):
    more = [(0, 0), (0, 0), *((0, -length % size) for length in images.shape[2:])]
    return cut(np.pad(images, more), size)


def in_the_middle(images, size):
    spare = [length % size // 2 for length in images.shape[2:]]
    return cut(images, size, starts=tuple(spare))


def sliding(images, size):
    seen = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(2, 3))
    N, C, rows, columns = seen.shape[:4]
    return seen.transpose(0, 2, 3, 1, 4, 5).reshape(N, rows * columns, C * size * size)


def grid_kept(images, size):
    N, rows, columns = len(images), images.shape[2] // size, images.shape[3] // size
    return cut(images, size).reshape(N, rows, columns, -1)


def vectors_in_columns(images, size):
    return cut(images, size).transpose(0, 2, 1).copy()


def mean_of_the_channels(images, size):
    return cut(images.mean(axis=1, keepdims=True).astype(images.dtype), size)


# --- questions -----------------------------------------------------------------------------------

where_the_weights_are = Question(
    "where_the_weights_are",
    points=3,
    guide="""
    Full answer, a point for each. The file is the dense layers (58.6 of 62.4 million weights,
    94 %), the first of them alone 37.7 million; the time is the convolutions (1,077 of 1,135
    million multiplications, 95 %). They differ because a weight of a convolution is used once for
    each pixel of the map, a dense one once for each image. So: prune, factorize or drop the
    dense layers for the file; bottlenecks, separable convolutions, a larger stride or smaller
    images for the time. The global average saves the first dense layers (from 256 maps to 1000
    classes: 257,000 weights), loses where in the image something was, and works for images of
    any size; it also acts against overfitting, and leaves a map for each class. Half: one of
    file and time explained, or both named without the reason.
    """,
)
degradation = Question(
    "degradation",
    points=3,
    guide="""
    Full answer, a point for each. Overfitting is a small error in training and a large one in
    the test; here the *training* error is larger, so it is not that the net fits too well: it
    cannot be trained as well. The deeper net contains the shallower one (let 36 layers compute
    the identity), but the identity is one special point for two convolutions with ReLUs between
    them, and gradients that pass through all of them say little about how to get there (also
    right: signals and gradients that shrink or decorrelate with depth). The residual block has
    the identity where its weights are zero, near where training begins; the gradient passes the
    sum unchanged. With w2 = 0 at the start the whole net is its stem and its head, each block
    begins as an identity and only adds what helps; w2 gets a gradient at once (w1 from the
    second step on, since its gradient passes w2). Half: vanishing gradients alone, or no word on
    the training error.
    """,
)
whose_error = Question(
    "whose_error",
    points=3,
    guide="""
    Full answer, a point for each. From the table alone, none with certainty: the rows differ in
    the number of nets averaged (seven, seven, six), in cut-outs per image (10, 144, and several
    scales), in data (two AlexNets had seen more images), in augmentation and in three years of
    other progress; that the single nets differ so much (18.2 against 15.3 for AlexNet) says how
    much an ensemble is worth. A fair comparison: single nets, one cut-out, same training data,
    augmentation, budget of tuning and of computation (or same parameters), several seeds, on the
    same validation set; any two of these held equal. Five answers: an image of ImageNet often
    shows several things and has one label, and classes are fine (breeds of dogs); top-1 would
    charge for a right answer. Half: names ensembles but no comparison.
    """,
)
