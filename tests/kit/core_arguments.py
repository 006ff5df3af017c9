"""Arguments for every public function of the core, drawn from its contract, and wrong ones."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

import reference
from reference.contracts import DOUBLE, SINGLE
from reference.contracts.settle import FUNCTIONS

TRIES = 2000


def modules():
    """Return the topics: the modules on top of the core that are not built of others."""
    names = [found.name for found in pkgutil.iter_modules(reference.__path__) if not found.ispkg]
    return [
        importlib.import_module(f"reference.{name}")
        for name in names
        if name not in ("models", "training")
    ]


def functions() -> dict:
    """Return every public function by "topic.name"."""
    found = {}
    for module in modules():
        for name in module.__all__:
            value = getattr(module, name)
            if callable(value) and not isinstance(value, type):
                found[f"{module.__name__.split('.')[1]}.{name}"] = value
    return found


# --- what no contract describes -------------------------------------------------------------------


def _buffer(rng):
    states = rng.normal(size=(2, 5, 3))
    return {
        "states": states[0],
        "next_states": states[1],
        "actions": rng.integers(0, 2, 5),
        "rewards": rng.normal(size=5),
        "terminated": rng.random(5) < 0.5,
        "position": 2,
        "size": 4,
    }


class Chain:
    """A world of four states in a line."""

    class _Space:
        def __init__(self, n):
            self.n = n

    observation_space, action_space = _Space(4), _Space(2)

    def reset(self, *, seed=None):
        self.state = 0
        return 0, {}

    def step(self, action):
        self.state = min(3, self.state + int(action))
        return self.state, float(self.state == 3), self.state == 3, False, {}


def _halves(rng):
    first, second = np.split(rng.permutation(4), 2)
    return [(first, second), (second, first)]


def _stack(rng):
    """Two machines, one on the other."""
    shapes = (3, 2), (2, 3)
    return [(rng.normal(size=(v, h)), rng.normal(size=v), rng.normal(size=h)) for v, h in shapes]


def _mean(x, y):
    """Fit the mean: a model that suits any data."""
    return float(np.sum(y)) / max(len(y), 1)


def _gap(model, x, y):
    """Score such a model."""
    return float(np.sum(np.abs(y - model))) + float(np.sum(x))


def _net(rng):
    """Layers that fit images of any size: windows of one pixel, pools with padding."""
    return [("conv", int(rng.integers(1, 4)), 1, 1, 0), ("pool", 3, 2, 1), ("dense", 2)]


def _readers(rng):
    """Draw two recurrent layers for inputs of four numbers, the first in both directions."""

    def reader(inputs, hidden):
        shapes = (hidden, inputs), (hidden, hidden), (hidden,)
        return tuple(rng.normal(size=shape) for shape in shapes)

    return [[reader(4, 2), reader(4, 3)], [reader(5, 2)]]


def _lstm_readers(rng):
    """Draw two layers of LSTM cells for inputs of four numbers, the first in both directions."""

    def reader(inputs, cells):
        return rng.normal(size=(4 * cells, cells + inputs)), rng.normal(size=4 * cells)

    return [[reader(4, 2), reader(4, 3)], [reader(5, 2)]]


def _layers(*sizes):
    """Return a draw of a net with these sizes."""
    return lambda rng: [(rng.normal(size=(n, m)), rng.normal(size=n)) for m, n in pairwise(sizes)]


SPECIAL = {
    "activations.numerical_vjp": {"x": lambda rng: rng.normal(size=(2, 3)),
                                  "dy": lambda rng: rng.normal(size=(2, 3))},
    "architectures.block_cost": {"inner": lambda rng: 1},
    "architectures.explain_counts": {"layers": _net, "counts": lambda rng: [4, 0, 7]},
    "architectures.googlenet_shapes": {"modules": lambda rng: [(4, 2, 3, 1, 2, 1), "pool"]},
    "architectures.trace_layers": {"layers": _net},
    "adversarial.denoising_loss": {"layers": _layers(4, 3, 2),
                                   "x0": lambda rng: rng.normal(size=(5, 2))},
    "adversarial.gan_step": {"generator": _layers(2, 4, 3), "discriminator": _layers(3, 4, 1),
                             "real": lambda rng: rng.normal(size=(5, 3)),
                             "z_d": lambda rng: rng.normal(size=(4, 2)),
                             "z_g": lambda rng: rng.normal(size=(3, 2))},
    "backprop.tape_backward": {"inputs": lambda rng: rng.normal(size=2),
                               "tape": lambda rng: [("mul", 0, 1), ("add", 2, 0)]},
    "initialization.residual_scale": {"growth": lambda rng: 2.0},
    "lstm.chrono_bias": {"horizons": lambda rng: rng.uniform(1.5, 9.0, 3)},
    "lstm.deep_lstm": {"x": lambda rng: rng.normal(size=(3, 2, 4)), "layers": _lstm_readers},
    "recurrent.build_vocabulary": {"words": lambda rng: ["b", "a", "b", "c"]},
    "recurrent.deep_rnn": {"x": lambda rng: rng.normal(size=(3, 2, 4)), "layers": _readers},
    "regression.logistic_loss": {"x": lambda rng: rng.normal(size=(4, 2)),
                                 "y": lambda rng: np.array([0.0, 1.0, 1.0, 0.0]),
                                 "theta": lambda rng: rng.normal(size=2)},
    "regression.mse": {"prediction": lambda rng: rng.normal(size=3),
                       "target": lambda rng: rng.normal(size=3)},
    "backprop.graph_depth": {"edges": lambda rng: [("a", "b"), ("b", "c"), ("a", "c")]},
    "backprop.numerical_gradient": {"f": lambda rng: lambda x: float(np.sum(x * x))},
    "convolution.equivariance_gap": {
        "f": lambda rng: np.negative,
        "g": lambda rng: np.abs,
        "x": lambda rng: rng.normal(size=(2, 3)),
    },
    "convolution.max_pool_backward_at": {
        "dy": lambda rng: rng.normal(size=(2, 3, 2, 2)),
        "indices": lambda rng: rng.integers(0, 20, (2, 3, 2, 2)),
        "image": lambda rng: (4, 5),
    },
    "energy_models.dbn_pretrain": {"x": lambda rng: rng.random((4, 3)),
                                   "layers": _stack,
                                   "batches": lambda rng: np.array([[0, 3], [2, 1]]),
                                   "uniforms": lambda rng: [
                                       (rng.random((2, 2, 2)), rng.random((2, 2, 3))),
                                       (rng.random((2, 2, 3)), rng.random((2, 2, 2)))]},
    "energy_models.rbm_from_joint": {"joint": lambda rng: rng.random((4, 2)) + 0.1},
    "landscapes.branch_and_bound_1d": {"f": lambda rng: lambda x: x * x,
                                       "lo": lambda rng: -1.0, "hi": lambda rng: 2.0,
                                       "lipschitz": lambda rng: 4.0, "tol": lambda rng: 0.5},
    "landscapes.convexity_violation": {"f": lambda rng: np.sum},
    "landscapes.random_restarts": {"f": lambda rng: lambda x: float(np.sum(x * x))},
    "optimizers.nesterov_step": {"gradient": lambda rng: np.negative},
    "optimizers.svrg_epoch": {"gradient": lambda rng: lambda i, w: w * (i + 1)},
    "optimizers.which_optimizer": {"gradient": lambda rng: np.negative},
    "q_learning.replay_push": {"buffer": _buffer, "state": lambda rng: np.ones(3),
                               "next_state": lambda rng: np.zeros(3)},
    "q_learning.replay_sample": {"buffer": _buffer},
    "q_learning.train_q_table": {"env": lambda rng: Chain()},
    "transfer.info_nce": {"z": lambda rng: rng.normal(size=(5, 3)),
                          "pairs": lambda rng: rng.permutation(5)[:4].reshape(2, 2)},
    "transfer.layerwise_pretrain": {"train": lambda rng: lambda h, w, b: (w + np.sum(h), b - 1)},
    "transfer.masked_update": {"params": lambda rng: [rng.normal(size=(2, 3)), rng.normal(size=2)],
                               "grads": lambda rng: [rng.normal(size=(2, 3)), rng.normal(size=2)],
                               "momentum": lambda rng: [rng.normal(size=(2, 3)),
                                                        rng.normal(size=2)],
                               "frozen": lambda rng: [1]},
    "transfer.masked_words": {"tokens": lambda rng: rng.integers(0, 9, 6),
                              "positions": lambda rng: rng.permutation(6)[:3],
                              "u": lambda rng: rng.random(3),
                              "words": lambda rng: rng.integers(0, 9, 3)},
    "transfer.why_it_moved": {"path": lambda rng: rng.normal(size=(4, 3))},
    "tuning.coarse_to_fine": {"best": lambda rng: np.array([0.5, 3.0]),
                              "box": lambda rng: np.array([[0.1, 1.0], [2.0, 7.0]])},
    "tuning.cross_validate": {"x": lambda rng: rng.normal(size=(4, 2)), "folds": _halves,
                              "fit": lambda rng: _mean, "score": lambda rng: _gap},
    "tuning.grid": {"space": lambda rng: {"a": [1, 2], "b": ["x"]}},
    "tuning.learning_curve": {"fit": lambda rng: _mean, "score": lambda rng: _gap,
                              "sizes": lambda rng: [1, 1]},
    "tuning.lr_range_test": {"rates": lambda rng: np.array([0.1, 0.5, 2.0, 3.0]),
                             "losses": lambda rng: np.array([4.0, 3.0, 2.5, 2.0])},
    "tuning.random_search": {"u": lambda rng: rng.random((3, 2)),
                             "box": lambda rng: np.array([[0.1, 1.0], [2.0, 7.0]])},
}  # fmt: skip


class _Draw:
    """Draws values that a contract allows; lengths by symbol."""

    def __init__(self, rng, special, empty):
        self.rng, self.special, self.empty, self.known = rng, special, empty, {}

    def value(self, kind, name):
        if name in self.special:
            given = self.special[name](self.rng)
            named = zip(kind.dims or (), given.shape, strict=False) if kind.array else ()
            self.known |= {symbol: size for symbol, size in named if symbol.isidentifier()}
            return given
        if kind.array and kind.optional and self.rng.random() < 0.3:
            return None
        if kind.array:
            return self.array(kind)
        if kind.name == "tuple":
            return tuple(self.value(part, "") for part in kind.parts)
        if kind.name == "list":
            return self.several(kind.parts[0])
        return self.scalar(kind, name)

    def several(self, part):
        found = []
        for _ in range(self.rng.integers(1, 4)):
            found.append(self.value(part, ""))
            for symbol in [s for s in self.known if s.endswith("'")]:
                self.known[symbol[:-1]] = self.known.pop(symbol)
        return found

    def length(self, dim):
        if dim.removesuffix("'").isidentifier():
            length = 0 if self.rng.random() < self.empty else int(self.rng.integers(1, 6))
            return self.known.setdefault(dim, length)
        return int(eval(dim, dict(FUNCTIONS), self.known))

    def array(self, kind):
        dims = kind.dims
        shape = tuple(self.length(dim) for dim in dims if dim[0] not in "*.")
        if dims[-1:] and dims[-1][0] in "*.":
            shape += self.known.setdefault(dims[-1][1:], tuple(self.rng.integers(1, 4, 2)))
        if any(length < 0 for length in shape):
            raise ValueError
        if kind.name == "bool":
            return self.rng.random(shape) < 0.5
        if kind.name == "int":
            return self.rng.integers(*self.ends(kind, 5), shape)
        if kind.bounds:
            return self.rng.random(shape)
        return self.rng.normal(size=shape)

    def ends(self, kind, reach):
        low, high = 0, None
        for sign, limit in kind.bounds:
            value = eval(limit, dict(FUNCTIONS), self.known)
            low = value if sign == ">=" else value + 1 if sign == ">" else low
            high = value if sign == "<" else value + 1 if sign == "<=" else high
        return low, low + reach if high is None else high

    def scalar(self, kind, name):
        rng = self.rng
        if kind.name == "word":
            return kind.words[rng.integers(len(kind.words))]
        if kind.name == "ints":
            low, high = self.ends(kind, 3)
            values = tuple(int(rng.integers(low, high)) for _ in kind.dims or range(2))
            return values
        if kind.name == "real":
            value = float(rng.random()) or 0.5
            self.known[name] = value
            return value
        if kind.name == "int":
            self.known[name] = int(rng.integers(*self.ends(kind, 3)))
            return self.known[name]
        return {"flag": bool(rng.random() < 0.5), "call": np.negative, "rng": rng}[kind.name]


def _late(kind) -> int:
    """Numbers come first, then lengths that are free, then those that follow from others."""
    if kind.name == "list":
        return 3
    if kind.name == "tuple":
        return max(map(_late, kind.parts))
    dims = kind.dims or () if kind.array else ()
    return (
        kind.array
        + bool(kind.array and kind.bounds)
        + any(not dim.isalnum() and dim[0] not in "*." for dim in dims)
    )


def valid(name, function, rng, empty=0.0) -> dict:
    """Draw arguments that the contract of a function allows; `empty`: how often a length is 0."""
    line, special = function.__contract__, SPECIAL.get(name, {})
    for _ in range(TRIES):
        draw, found = _Draw(rng, special, empty), {}
        items = sorted(line.kinds.items(), key=lambda item: _late(item[1]))
        defaults = inspect.signature(function).parameters
        try:
            for key, kind in items:
                if kind.name == "any" and key not in special:
                    found[key] = defaults[key].default  # what only the function knows
                    continue
                if kind.name == "int" and kind.dims is None and kind.bounds[1:]:
                    continue  # an index: its limit is a length
                found[key] = draw.value(kind, key)
                if kind.name == "ints" and kind.dims:
                    draw.known |= dict(zip(kind.dims, found[key], strict=True))
            late = [(k, kind) for k, kind in line.kinds.items() if k not in found]
            found |= {key: draw.value(kind, key) for key, kind in late}
            scope = {**found, **draw.known}
            if all(eval(text, dict(FUNCTIONS), scope) for text in line.where):
                return {key: found[key] for key in line.kinds}
        except (NameError, ValueError):
            continue
    raise AssertionError(f"no arguments found for {name}: {line.text}")


# --- wrong in one place ---------------------------------------------------------------------------


def _arrays(value, path=()) -> Iterator[tuple]:
    if isinstance(value, np.ndarray):
        yield path
    elif isinstance(value, (list, tuple)):
        for i, one in enumerate(value):
            yield from _arrays(one, (*path, i))


def _at(value, path):
    for step in path:
        value = value[step]
    return value


def _with(value, path, new):
    """Return nested lists and tuples with one place changed."""
    if not path:
        return new
    parts = list(value)
    parts[path[0]] = _with(parts[path[0]], path[1:], new)
    return type(value)(parts)


def _wrong_arrays(array) -> Iterator[tuple[str, object]]:
    for axis in range(array.ndim):
        if array.size:
            yield f"axis {axis} longer", np.concatenate([array, array.take([-1], axis)], axis)
            yield f"axis {axis} shorter", array.take(range(array.shape[axis] - 1), axis)
        yield f"axis {axis} empty", array.take([], axis)
    yield "one axis more", array[None]
    yield "flat", array.reshape(-1)
    yield "one number", array.reshape(-1)[0] if array.size else np.float64(0)
    yield "turned", array.T
    yield "None", None
    yield "complex", array + 0j
    yield "objects", array.astype(object)
    yield "text", array.astype(str)
    yield "a string", "abc"
    yield "masked", np.ma.masked_array(array)
    yield "ragged", [[1.0, 2.0], [3.0]]
    if array.dtype.kind == "i":
        yield "too large", np.full_like(array, 10**6)
        yield "negative", np.full_like(array, -100)
        yield "fractions", array + 0.5
    elif array.dtype.kind == "f":
        yield "NaN", np.full_like(array, np.nan)
        yield "infinite", np.full_like(array, np.inf)


WRONG_NUMBERS = (None, -1, 0, 1.5, -7, 10**6, "abc", 1j, [1], np.nan, True, np.float32(2), 10**30)


def wrong(arguments: dict) -> Iterator[tuple[str, dict]]:
    """Yield arguments with one place changed, and what was done; some of them are still right."""
    for key, value in arguments.items():
        for path in _arrays(value):
            for what, new in _wrong_arrays(_at(value, path)):
                yield f"{key}{list(path)} {what}", {**arguments, key: _with(value, path, new)}
        if isinstance(value, (tuple, list)):
            yield f"{key} None", {**arguments, key: None}
            yield f"{key} empty", {**arguments, key: type(value)()}
            yield f"{key} longer", {**arguments, key: type(value)([*value, *value[:1]])}
            if all(isinstance(one, int) for one in value):
                for number in (-1, 0, 1.5, None, 10**5):
                    changed = type(value)([number, *value[1:]])
                    yield f"{key} begins with {number}", {**arguments, key: changed}
        elif not isinstance(value, np.ndarray):
            for number in WRONG_NUMBERS:
                yield f"{key} is {number!r}", {**arguments, key: number}


# --- right in another dress -----------------------------------------------------------------------


def each_array(value, change):
    if isinstance(value, np.ndarray):
        return change(value)
    if isinstance(value, (list, tuple)):
        return type(value)(each_array(one, change) for one in value)
    return value


def _read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def _strided(array):
    room = np.zeros(
        (*array.shape[:-1], array.shape[-1] * 2 + 1) if array.ndim else (1,), array.dtype
    )
    room[..., 1::2] = array
    return room[..., 1::2] if array.ndim else array


def _unaligned(array):
    raw = np.zeros(array.nbytes + 1, np.uint8)
    moved = raw[1:].view(array.dtype).reshape(array.shape)
    moved[...] = array
    return moved


DRESSES = {
    "read-only": _read_only,
    "Fortran": np.asfortranarray,
    "strided": _strided,
    "unaligned": _unaligned,
    "big-endian": lambda array: array.astype(array.dtype.newbyteorder(">")),
    "lists": lambda array: array.tolist() if array.size else array,  # [[], []] has one axis less
}
KINDS = SINGLE, DOUBLE
